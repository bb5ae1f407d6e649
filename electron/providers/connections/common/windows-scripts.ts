import { z } from 'zod';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { readableErrors } from './clixml.ts';
import { tookTooLong } from './connection-failures.ts';
import { defaultTimeoutMs } from './exec-outcome.ts';
import { type FileWork, fileFailure, largestRead } from './file-failures.ts';
import { KeptInterpreter } from './kept-interpreter.ts';
import { framed, type ScriptAnswer } from './script-framing.ts';
import { restrictedExit, type ScriptName, windowsInterpreter, windowsScripts } from './windows-bootstrap.ts';
import type { WindowsHost } from './windows-host.ts';
import { fileTroubleOf, isPolicy, type ScriptError, scriptError } from './windows-troubles.ts';

/** Room for base64 of the largest file, and for what surrounds it. */
const mostOutput = 2 * largestRead;

/** A script that is to be run. */
export interface WindowsScript<T> {
  name: ScriptName;
  /** JSON. Never a secret: what cmdlets are given may be logged on the host. */
  parameters: Record<string, unknown>;
  /** Bytes that it is given, where secrets go. */
  content?: Uint8Array | undefined;
  gives: z.ZodType<T>;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** An error that a script ended with. */
export class ScriptFailed extends Error {
  readonly error: ScriptError;

  constructor(error: ScriptError) {
    super(error.message ?? error.type);
    this.error = error;
  }
}

const answered = z.union([
  z.object({ error: scriptError }),
  z.object({ value: z.record(z.string(), z.unknown()) }),
]);

/** Runs scripts on a Windows host: in an interpreter that is kept, or each in one of its own. Safe concurrently. */
export class WindowsScripts {
  readonly #host: WindowsHost;
  readonly #kept: KeptInterpreter;

  constructor(host: WindowsHost) {
    this.#host = host;
    this.#kept = new KeptInterpreter(host, windowsInterpreter);
  }

  /**
   * What a script gives. Rejects with `ScriptFailed` when it ended with an error, with a Failure when the host lets no script run,
   * and as `HostConnection.exec` does.
   */
  async run<T>(script: WindowsScript<T>): Promise<{ value: T; content: Buffer }> {
    const { timeoutMs = defaultTimeoutMs, signal } = script;
    const request = this.#request(script);
    const { content } = script;
    const asked = { request, content, timeoutMs, signal, outputBytes: mostOutput };
    return this.#understood(
      script,
      await this.#kept.answer(asked).catch((thrown: unknown) => this.#explained(thrown)),
    );
  }

  /** The same in an interpreter of its own: it takes half a second longer, keeps no one else waiting and can be ended alone. */
  async runAlone<T>(script: WindowsScript<T>): Promise<{ value: T; content: Buffer }> {
    const { timeoutMs = defaultTimeoutMs, signal } = script;
    const { input, read } = framed(this.#request(script), script.content);
    try {
      const asked = { argv: windowsInterpreter, stdin: input, timeoutMs, signal, outputBytes: mostOutput };
      const result = await this.#host.run(asked);
      const answer = read(result.stdout);
      if (answer !== null) return this.#understood(script, answer);
      if (result.timedOut) throw tookTooLong(this.#host.place.host, 'answer a script', timeoutMs);
      throw await this.#whyNot(result.code, readableErrors(result.stderr.toString()));
    } finally {
      input.fill(0);
    }
  }

  /** As `run`; an error is a failure about a file. */
  async about<T>(
    work: FileWork,
    path: string,
    script: WindowsScript<T>,
  ): Promise<{ value: T; content: Buffer }> {
    try {
      return await this.run(script);
    } catch (thrown) {
      if (!(thrown instanceof ScriptFailed)) throw thrown;
      throw this.#fileFailure(thrown.error, work, path);
    }
  }

  end(): Promise<void> {
    return this.#kept.end();
  }

  #request({ name, parameters }: WindowsScript<unknown>): Record<string, unknown> {
    return { script: windowsScripts[name], parameters };
  }

  #understood<T>({ name, gives }: WindowsScript<T>, answer: ScriptAnswer): { value: T; content: Buffer } {
    const said = answered.safeParse(answer.value).data;
    if (said !== undefined && 'error' in said) {
      if (isPolicy(said.error)) throw this.#restricted(said.error.message ?? said.error.type);
      throw new ScriptFailed(said.error);
    }
    const value = gives.safeParse(said?.value);
    if (value.success) return { value: value.data, content: answer.content };
    throw new Failure(
      'interpreter.script-failed',
      `The script "${name}" gave another answer on ${this.#host.place.host} than it gives.`,
      {
        hint: 'A program there may change what PowerShell prints. Nothing is done with the answer.',
        cause: value.error,
      },
    );
  }

  #fileFailure(error: ScriptError, work: FileWork, path: string): Failure {
    const trouble = fileTroubleOf(error);
    const peerSaid = peerTail(error.message ?? error.type);
    const failure = fileFailure(trouble, work, error.about || path, this.#host.place, { peerSaid });
    if (trouble !== 'rights-not-kept') return failure;
    return failure.saying(
      `Owner, access control list or attributes of ${error.about || path} on ${this.#host.place.host} cannot be given to its new file. Its previous content is unchanged.`,
      { hint: 'Connect as an administrator of that host, or as the owner of the file.' },
    );
  }

  /** The interpreter gave no answer: what kept it from giving one is asked for, where it can be. */
  async #explained(thrown: unknown): Promise<never> {
    if (!(thrown instanceof Failure) || thrown.code !== 'interpreter.no-answer') throw thrown;
    const { code, stderr, timedOut } = await this.#host.run({ argv: windowsInterpreter, timeoutMs: 30_000 });
    if (timedOut || code === 0) throw thrown;
    throw await this.#whyNot(code, readableErrors(stderr.toString()));
  }

  async #whyNot(code: number | null, said: string): Promise<Failure> {
    if (code === restrictedExit) return this.#restricted('ConstrainedLanguage');
    const { host } = this.#host.place;
    const where = await this.#host.run({ argv: ['where.exe', 'powershell.exe'], timeoutMs: 30_000 });
    if (where.code === 1)
      return new Failure('interpreter.missing', `There is no Windows PowerShell on ${host}.`, {
        hint: 'Install Windows PowerShell 5.1, or put its directory on the PATH of the system.',
      });
    return new Failure('interpreter.no-answer', `powershell.exe on ${host} ended without an answer.`, {
      hint: 'Run it there to see why.',
      peerSaid: peerTail(said) || `exit code ${code}`,
    });
  }

  #restricted(said: string): Failure {
    const { host, user } = this.#host.place;
    return new Failure(
      'interpreter.restricted',
      `A policy of ${host} does not let user ${user} run the scripts of Trustkeep.`,
      {
        hint: 'AppLocker or App Control may hold PowerShell in constrained language mode. Exempt this account from that policy, or use another one.',
        peerSaid: peerTail(said),
      },
    );
  }
}
