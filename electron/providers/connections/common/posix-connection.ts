import { randomBytes } from 'node:crypto';
import { allEnded } from '#kit/all-ended.ts';
import type { ExecResult } from '#kit/exec.ts';
import { Secret } from '../../../secrets/secret.ts';
import type {
  FileCopy,
  FileFacts,
  FileFlag,
  FileRights,
  FileSum,
  HostConnection,
  HostExec,
  NewContent,
  NewFile,
  WriteOptions,
} from '../connection.ts';
import { defaultTimeoutMs, wholeOrFailure } from './exec-outcome.ts';
import { fileFailure, largestRead } from './file-failures.ts';
import { hashesOf, sumsOneByOne } from './hashes.ts';
import * as posix from './posix.ts';
import { readStat, readSums } from './posix-answers.ts';
import type { PosixHost } from './posix-host.ts';
import { endedAt, flags, readFlags, readRights, rights } from './posix-rights.ts';
import { Scripts } from './posix-scripts.ts';
import { Writes } from './posix-writes.ts';

/** Everything a host connection can do, done by scripts on a POSIX host. */
export class PosixConnection implements HostConnection {
  readonly #host: PosixHost;
  readonly #scripts: Scripts;
  readonly #writes: Writes;

  constructor(host: PosixHost) {
    this.#host = host;
    this.#scripts = new Scripts(host);
    this.#writes = new Writes(host, this.#scripts);
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
      ...this.#program(request),
      stdin: stdin instanceof Secret ? stdin.bytes() : stdin,
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      leavesBehind: request.leavesBehind,
      outputBytes: request.outputBytes,
    });
    return wholeOrFailure(request, result, this.#host.place.host);
  }

  #program({ argv, selfContained, timeoutMs = defaultTimeoutMs }: HostExec) {
    if (selfContained !== true) return { text: posix.run(this.#host.tools, timeoutMs), args: argv };
    const [program, option, text, , ...args] = argv;
    const isScript = program === 'sh' && option === '-c' && text !== undefined;
    return isScript ? { text, args, kept: true } : { text: 'exec "$@"', args: argv, kept: true };
  }

  async stat(path: string): Promise<FileFacts | null> {
    const result = await this.#scripts.files(
      'examine',
      path,
      { text: posix.stat(this.#host.tools), args: [path] },
      ['missing'],
    );
    return result === null ? null : readStat(path, result.stdout.toString());
  }

  async read(path: string): Promise<Buffer> {
    const { stdout } = await this.#scripts.mustDo('read', path, { text: posix.read(), args: [path] });
    if (stdout.length > largestRead) throw fileFailure('too-large', 'read', path, this.#host.place);
    return stdout;
  }

  async hash(path: string): Promise<string> {
    const { stdout } = await this.#scripts.mustDo('hash', path, {
      text: posix.hash(this.#host.tools),
      args: [path],
    });
    const sum = stdout.toString().trim().split(' ')[0] ?? '';
    if (!/^[0-9a-f]{64}$/.test(sum)) throw fileFailure('failed', 'hash', path, this.#host.place);
    return sum;
  }

  hashes(paths: readonly string[]): Promise<Map<string, string>> {
    return hashesOf(this, paths);
  }

  async sums(paths: readonly string[]): Promise<(FileSum | null)[]> {
    const [first] = paths;
    if (first === undefined || this.#host.tools.sum !== posix.usualTools.sum)
      return sumsOneByOne(this, paths);
    for (const path of paths) this.#scripts.check(path);
    const { code, stdout } = await this.#scripts.run(first, { text: posix.sums, args: paths });
    const sums = code === 0 ? readSums(paths, stdout.toString()) : null;
    return sums ?? sumsOneByOne(this, paths);
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
    for (const path of paths) this.#scripts.check(path);
    const result = await this.#scripts.run(first, { text, args: paths });
    const output = result.stdout.toString();
    if (result.code !== 0) throw this.#scripts.failed(result, 'examine', endedAt(paths, output));
    const answers = read(output);
    if (answers.length === paths.length) return answers;
    throw fileFailure('failed', 'examine', first, this.#host.place);
  }

  write(path: string, content: NewContent, options: WriteOptions): Promise<void> {
    return this.#writes.write({ path, content, options });
  }

  writeAll(files: readonly NewFile[]): Promise<void> {
    return this.#writes.writeAll(files);
  }

  async copy(from: string, to: string): Promise<void> {
    this.#scripts.check(from);
    const args = [from, to, randomBytes(8).toString('hex')];
    const result = await this.#scripts.run(to, { text: posix.copy(this.#host.tools), args });
    if (result.code === 0) return;
    const aboutFrom = result.code === posix.exits.notFound && !result.stderr.toString().includes('/.');
    throw this.#scripts.failed(result, 'copy', aboutFrom ? from : to);
  }

  async copyAll(copies: readonly FileCopy[]): Promise<void> {
    await allEnded(copies.map(({ from, to }) => this.copy(from, to)));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#scripts.check(from);
    const result = await this.#scripts.run(to, { text: posix.rename(this.#host.tools), args: [from, to] });
    if (result.code === 0) return;
    throw this.#scripts.failed(result, 'rename', result.code === posix.exits.notFound ? from : to);
  }

  async remove(path: string): Promise<void> {
    await this.#scripts.files('remove', path, { text: posix.remove, args: [path] }, ['missing']);
  }

  removeLeftovers(paths: readonly string[]): Promise<void> {
    return this.#writes.removeLeftovers(paths);
  }

  async list(path: string): Promise<string[]> {
    const { stdout } = await this.#scripts.mustDo('list', path, { text: posix.list, args: [path] });
    return stdout.toString().split('\0').slice(0, -1);
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
