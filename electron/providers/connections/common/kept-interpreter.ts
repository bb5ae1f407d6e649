import { randomBytes } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { ProgramGone, type StayingProgram, type WindowsHost, type WindowsProgram } from './windows-host.ts';

/** One run of a script. */
interface ScriptRun {
  /** Text of the script and what it is given: JSON. It travels on the input alone, and may hold secrets. */
  request: Record<string, unknown>;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  outputBytes: number;
}

/**
 * An interpreter that is started once and runs one script after the other: its start is what takes longest. It reads a line of
 * base64 for each: UTF-8 JSON, `request` with a random `mark`; and prints `mark:` + base64 of UTF-8 JSON + `:mark`, whatever else is
 * printed before. Everything that counts is ASCII, so that no code page matters. Safe concurrently: one script after the other.
 * @internal
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
  run(script: ScriptRun): Promise<unknown> {
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
  async #inTurn(script: ScriptRun): Promise<unknown> {
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

  async #exchange({ request, timeoutMs, signal, outputBytes }: ScriptRun): Promise<unknown> {
    this.#program ??= this.#host.start(this.#argv, signal);
    const program = await this.#program;
    const mark = randomBytes(16).toString('hex');
    const json = Buffer.from(JSON.stringify({ ...request, mark }));
    const input = Buffer.from(`${json.toString('base64')}\n`, 'latin1');
    json.fill(0);
    const [opening, closing] = [Buffer.from(`${mark}:`), Buffer.from(`:${mark}`)];
    const isWhole = (stdout: Buffer) => stdout.includes(closing);
    try {
      const { stdout, stderr } = await program.exchange({ input, isWhole, timeoutMs, signal, outputBytes });
      const [from, to] = [stdout.indexOf(opening), stdout.indexOf(closing)];
      if (from < 0 || to < 0)
        throw this.#noAnswer('ended, or printed more than Trustkeep reads', stderr.toString());
      return parsed(stdout.toString('latin1', from + opening.length, to));
    } finally {
      input.fill(0);
    }
  }

  #noAnswer(what: string, stderr: string): Failure {
    return new Failure('interpreter.no-answer', `${this.#argv[0]} on ${this.#host.place.host} ${what}.`, {
      hint: 'Run it there to see why.',
      ...(stderr.trim() === '' ? {} : { peerSaid: stderr.trim() }),
    });
  }
}

function parsed(base64: string): unknown {
  return JSON.parse(
    Buffer.from(base64, 'base64')
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  );
}
