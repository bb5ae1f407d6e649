import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import type { Failure } from '#shared/failure.ts';
import { tookTooLong } from './connection-failures.ts';
import { defaultTimeoutMs } from './exec-outcome.ts';
import { type FileWork, fileFailure, mustBeUsable } from './file-failures.ts';
import { troubleOf } from './posix-answers.ts';
import type { PosixHost, Script } from './posix-host.ts';

/** Scripts about files, run on a host: what goes wrong in them is a failure about the file. */
export class Scripts {
  readonly #host: PosixHost;

  constructor(host: PosixHost) {
    this.#host = host;
  }

  check(path: string): void {
    mustBeUsable(path, (one) => one.startsWith('/'));
  }

  /** Null when what went wrong is one of `expected`. */
  async files(
    work: FileWork,
    path: string,
    script: Script,
    expected: readonly string[],
  ): Promise<ExecResult | null> {
    const result = await this.run(path, script);
    if (result.code === 0) return result;
    if (expected.includes(troubleOf(result.code, result.stderr.toString()))) return null;
    throw this.failed(result, work, path);
  }

  async mustDo(work: FileWork, path: string, script: Script): Promise<ExecResult> {
    const result = await this.run(path, script);
    if (result.code === 0) return result;
    throw this.failed(result, work, path);
  }

  /** Resolves whatever the exit code. One without input may run where others do before and after it. */
  async run(path: string, script: Script): Promise<ExecResult> {
    this.check(path);
    const result = await this.#host.run({ kept: script.stdin === undefined, ...script });
    if (result.timedOut) throw tookTooLong(this.#host.place.host, `finish with ${path}`, defaultTimeoutMs);
    return result;
  }

  failed(result: ExecResult, work: FileWork, path: string): Failure {
    const stderr = result.stderr.toString();
    const ofDd = /^\d+\+\d+ records (in|out)$|bytes? .*copied/;
    const lines = stderr.split('\n').filter((line) => !ofDd.test(line));
    const trouble = troubleOf(result.code, stderr);
    return fileFailure(trouble, work, path, this.#host.place, {
      peerSaid: peerTail(lines.join('\n')) || `exit code ${result.code}`,
    });
  }
}
