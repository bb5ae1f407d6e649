import { randomBytes } from 'node:crypto';
import { allEnded } from '#kit/all-ended.ts';
import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import type { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type {
  FileCopy,
  FileFacts,
  FileFlag,
  FileRights,
  HostConnection,
  HostExec,
  NewContent,
  NewFile,
  WriteOptions,
} from '../connection.ts';
import { tookTooLong } from './connection-failures.ts';
import { defaultTimeoutMs, wholeOrFailure } from './exec-outcome.ts';
import { type FileWork, fileFailure, largestRead, mustBeUsable, type Place } from './file-failures.ts';
import { hashesOf } from './hashes.ts';
import { sent } from './new-content.ts';
import * as posix from './posix.ts';
import { readStat, troubleOf } from './posix-answers.ts';
import { endedAt, flags, readFlags, readRights, rights, sameAcl } from './posix-rights.ts';

/** A script of `posix.ts` with its arguments. */
export interface Script {
  text: string;
  args: readonly string[];
  stdin?: Uint8Array | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  leavesBehind?: boolean | undefined;
  /** Bytes wanted of each output stream. Default: those of the largest file. */
  outputBytes?: number | undefined;
}

/** A POSIX host that can run a script, however it is reached: all that a connection type over one has to say. */
export interface PosixHost
  extends Pick<HostConnection, 'description' | 'dialAddress' | 'credentialUsed' | 'close'> {
  readonly tools: posix.HostTools;
  /** For failures: where and as whom, and what would help. */
  readonly place: Place;
  /**
   * Runs `prologue` and the script, and gives what the script itself printed. Resolves whatever its exit code, also after
   * the time-out. Rejects as `HostConnection.exec` does.
   */
  run(script: Script): Promise<ExecResult>;
}

/** Everything a host connection can do, done by scripts on a POSIX host. */
export class PosixConnection implements HostConnection {
  readonly #host: PosixHost;

  constructor(host: PosixHost) {
    this.#host = host;
  }

  get description(): string {
    return this.#host.description;
  }

  get dialAddress(): string {
    return this.#host.dialAddress;
  }

  get credentialUsed(): string {
    return this.#host.credentialUsed;
  }

  async exec(request: HostExec): Promise<ExecResult> {
    const { stdin } = request;
    const result = await this.#host.run({
      text: posix.run(this.#host.tools, request.timeoutMs ?? defaultTimeoutMs),
      args: request.argv,
      stdin: stdin instanceof Secret ? stdin.bytes() : stdin,
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      leavesBehind: request.leavesBehind,
      outputBytes: request.outputBytes,
    });
    return wholeOrFailure(request, result, this.#host.place.host);
  }

  async stat(path: string): Promise<FileFacts | null> {
    const result = await this.#files('examine', path, { text: posix.stat(this.#host.tools), args: [path] }, [
      'missing',
    ]);
    return result === null ? null : readStat(path, result.stdout.toString());
  }

  async read(path: string): Promise<Buffer> {
    const { stdout } = await this.#mustDo('read', path, { text: posix.read(), args: [path] });
    if (stdout.length > largestRead) throw fileFailure('too-large', 'read', path, this.#host.place);
    return stdout;
  }

  async hash(path: string): Promise<string> {
    const { stdout } = await this.#mustDo('hash', path, { text: posix.hash(this.#host.tools), args: [path] });
    const sum = stdout.toString().trim().split(' ')[0] ?? '';
    if (!/^[0-9a-f]{64}$/.test(sum)) throw fileFailure('failed', 'hash', path, this.#host.place);
    return sum;
  }

  hashes(paths: readonly string[]): Promise<Map<string, string>> {
    return hashesOf(this, paths);
  }

  rights(paths: readonly string[]): Promise<FileRights[]> {
    return this.#examined(paths, rights, readRights);
  }

  flags(paths: readonly string[]): Promise<(readonly FileFlag[] | null)[]> {
    return this.#examined(paths, flags, (output) => readFlags(output, paths.length));
  }

  /** What one script says of each of these paths. */
  async #examined<T>(paths: readonly string[], text: string, read: (output: string) => T[]): Promise<T[]> {
    const [first] = paths;
    if (first === undefined) return [];
    for (const path of paths) this.#check(path);
    const result = await this.#run(first, { text, args: paths });
    const output = result.stdout.toString();
    if (result.code !== 0) throw this.#failed(result, 'examine', endedAt(paths, output));
    const answers = read(output);
    if (answers.length === paths.length) return answers;
    throw fileFailure('failed', 'examine', first, this.#host.place);
  }

  async write(path: string, content: NewContent, options: WriteOptions): Promise<void> {
    await this.#write({ path, content, options }, posix.write(this.#host.tools));
  }

  async writeAll(files: readonly NewFile[]): Promise<void> {
    const prepared: { path: string; names: string[] }[] = [];
    try {
      for (const file of files) {
        const { stdout } = await this.#write(file, posix.prepare(this.#host.tools));
        prepared.push({ path: file.path, names: stdout.toString().split('\0') });
      }
      const [first] = prepared;
      if (first === undefined) return;
      const args = prepared.flatMap(({ names }) => names);
      await this.#mustDo('write', first.path, { text: posix.place(this.#host.tools), args });
    } catch (error) {
      const args = prepared.flatMap(({ names: [made] }) => (made === undefined ? [] : [made]));
      if (args.length > 0) await this.#host.run({ text: posix.removeAll, args }).catch(() => null); // the line is gone
      throw error;
    }
  }

  async #write({ path, content, options }: NewFile, text: string): Promise<ExecResult> {
    const { owner = '', group = '', acl = sameAcl } = options;
    if (`${owner}${group}`.includes(':')) throw fileFailure('owner-unknown', 'write', path, this.#host.place);
    const { stdin, length, sha256, around, at } = sent(content);
    const mode = (options.mode & 0o7777).toString(8).padStart(4, '0');
    const random = randomBytes(8).toString('hex');
    const args = [path, mode, owner, group, length, sha256, random, acl, around, at];
    return this.#mustDo('write', path, { text, args, stdin });
  }

  async copy(from: string, to: string): Promise<void> {
    this.#check(from);
    const args = [from, to, randomBytes(8).toString('hex')];
    const result = await this.#run(to, { text: posix.copy(this.#host.tools), args });
    if (result.code === 0) return;
    const aboutFrom = result.code === posix.exits.notFound && !result.stderr.toString().includes('/.');
    throw this.#failed(result, 'copy', aboutFrom ? from : to);
  }

  async copyAll(copies: readonly FileCopy[]): Promise<void> {
    await allEnded(copies.map(({ from, to }) => this.copy(from, to)));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#check(from);
    const result = await this.#run(to, { text: posix.rename(this.#host.tools), args: [from, to] });
    if (result.code === 0) return;
    throw this.#failed(result, 'rename', result.code === posix.exits.notFound ? from : to);
  }

  async remove(path: string): Promise<void> {
    await this.#files('remove', path, { text: posix.remove, args: [path] }, ['missing']);
  }

  async removeLeftovers(paths: readonly string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    for (const path of paths) this.#check(path);
    await this.#mustDo('remove', first, { text: posix.removeLeftovers, args: paths });
  }

  async list(path: string): Promise<string[]> {
    const { stdout } = await this.#mustDo('list', path, { text: posix.list, args: [path] });
    return stdout.toString().split('\0').slice(0, -1);
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  #check(path: string): void {
    mustBeUsable(path, (one) => one.startsWith('/'));
  }

  /** Null when what went wrong is one of `expected`. */
  async #files(
    work: FileWork,
    path: string,
    script: Script,
    expected: readonly string[],
  ): Promise<ExecResult | null> {
    const result = await this.#run(path, script);
    if (result.code === 0) return result;
    if (expected.includes(troubleOf(result.code, result.stderr.toString()))) return null;
    throw this.#failed(result, work, path);
  }

  async #mustDo(work: FileWork, path: string, script: Script): Promise<ExecResult> {
    const result = await this.#run(path, script);
    if (result.code === 0) return result;
    throw this.#failed(result, work, path);
  }

  async #run(path: string, script: Script): Promise<ExecResult> {
    this.#check(path);
    const result = await this.#host.run(script);
    if (result.timedOut) throw tookTooLong(this.#host.place.host, `finish with ${path}`, defaultTimeoutMs);
    return result;
  }

  #failed(result: ExecResult, work: FileWork, path: string): Failure {
    const stderr = result.stderr.toString();
    const ofDd = /^\d+\+\d+ records (in|out)$|bytes? .*copied/;
    const lines = stderr.split('\n').filter((line) => !ofDd.test(line));
    const trouble = troubleOf(result.code, stderr);
    return fileFailure(trouble, work, path, this.#host.place, {
      peerSaid: peerTail(lines.join('\n')) || `exit code ${result.code}`,
    });
  }
}
