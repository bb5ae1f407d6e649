import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { readableErrors } from './clixml.ts';
import { framed, type ScriptAnswer } from './script-framing.ts';
import { ProgramGone, type StayingProgram, type WindowsHost, type WindowsProgram } from './windows-host.ts';

/** One run of a script. */
interface ScriptRun {
  /** Text of the script and what it is given: JSON. It travels on the input alone, and may hold secrets. */
  request: Record<string, unknown>;
  /** Bytes that it is given beside that. */
  content?: Uint8Array | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  outputBytes: number;
}

/**
 * An interpreter that is started once and runs one script after the other: its start is what takes longest. How it is spoken with:
 * `script-framing.ts`. Safe concurrently: one script after the other.
 */
export class KeptInterpreter {
  readonly #host: WindowsHost;
  readonly #argv: WindowsProgram['argv'];
  #program: Promise<StayingProgram> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: WindowsHost, argv: WindowsProgram['argv']) {
    this.#host = host;
    this.#argv = argv;
  }

  /** What the script answered. Rejects as `HostConnection.exec` does; the next script has another interpreter then. */
  async run(script: ScriptRun): Promise<unknown> {
    return (await this.answer(script)).value;
  }

  /** The same with the bytes that it gave back. */
  answer(script: ScriptRun): Promise<ScriptAnswer> {
    const turn = this.#last.then(() => this.#inTurn(script));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Idempotent; a later script starts another one. */
  async end(): Promise<void> {
    const program = this.#program;
    this.#program = null;
    await (await program?.catch(() => null))?.end();
  }

  /** An interpreter that had gone meanwhile has done nothing: the same once more, in a new one. */
  async #inTurn(script: ScriptRun): Promise<ScriptAnswer> {
    script.signal?.throwIfAborted();
    const wasKept = this.#program !== null;
    try {
      return await this.#exchange(script);
    } catch (thrown) {
      this.#program = null;
      if (!(thrown instanceof ProgramGone)) throw thrown;
      if (wasKept) return this.#exchange(script).catch((again: unknown) => this.#gone(again));
      return this.#gone(thrown);
    }
  }

  #gone(thrown: unknown): never {
    this.#program = null;
    if (!(thrown instanceof ProgramGone)) throw thrown;
    throw this.#noAnswer('ended before it read a script', '');
  }

  async #exchange({ request, content, timeoutMs, signal, outputBytes }: ScriptRun): Promise<ScriptAnswer> {
    this.#program ??= this.#host.start(this.#argv, signal);
    const program = await this.#program;
    const { input, isWhole, read } = framed(request, content);
    try {
      const { stdout, stderr } = await program.exchange({ input, isWhole, timeoutMs, signal, outputBytes });
      const answer = read(stdout);
      if (answer !== null) return answer;
      throw this.#noAnswer('ended, or printed more than Trustkeep reads', stderr.toString());
    } finally {
      input.fill(0);
    }
  }

  #noAnswer(what: string, stderr: string): Failure {
    const peerSaid = peerTail(readableErrors(stderr));
    return new Failure('interpreter.no-answer', `${this.#argv[0]} on ${this.#host.place.host} ${what}.`, {
      hint: 'Run it there to see why.',
      peerSaid,
    });
  }
}
