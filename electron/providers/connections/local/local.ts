import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import { connectionClosed } from '../common/connection-failures.ts';
import {
  type FileTrouble,
  type FileWork,
  fileFailure,
  largestRead,
  mustBeUsable,
  type Place,
} from '../common/file-failures.ts';
import { hashedOneByOne, hashesOf, sumsOneByOne } from '../common/hashes.ts';
import { sameAcl } from '../common/posix-rights.ts';
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
import { Accounts, ownName } from './accounts.ts';
import { factsAt } from './facts.ts';
import { copyBytes, fill, withFile } from './files.ts';
import { removeFile, removeLeftovers } from './remove.ts';
import {
  abandon,
  type Filled,
  fillAt,
  fillFor,
  giveRights,
  needModeAlone,
  place,
  renameOver,
  syncDirectory,
} from './replace.ts';
import { localFlags, localRights } from './rights.ts';
import { runLocally } from './run.ts';
import { sumAt, sumOf } from './sums.ts';
import { explain, troubleOf } from './trouble.ts';

const windows = process.platform === 'win32';

/** The machine the agent runs on, with the rights the agent has. */
export class LocalConnection implements HostConnection {
  readonly description = 'this machine';
  readonly dialAddress = '127.0.0.1';
  readonly credentialUsed: string;
  readonly #clock: Clock;
  readonly #accounts = new Accounts();
  readonly #closed = new AbortController();
  readonly #place: Place;

  constructor(clock: Clock) {
    this.#clock = clock;
    const user = ownName();
    this.credentialUsed = `user ${user}, the agent's own`;
    this.#place = {
      host: 'this machine',
      user,
      remedy: windows
        ? `Close the program that has the file open, or give ${user} that permission.`
        : `Give ${user} that permission, or run Trustkeep as a user that has it (the service runs as root).`,
    };
  }

  async exec(request: HostExec): Promise<ExecResult> {
    this.#closed.signal.throwIfAborted();
    return runLocally(request, this.#closed.signal);
  }

  async stat(path: string): Promise<FileFacts | null> {
    return this.#do('examine', path, () => factsAt(path, this.#accounts));
  }

  async read(path: string): Promise<Buffer> {
    return this.#do('read', path, () =>
      withFile(path, async (file) => {
        const { size } = await file.stat();
        if (size > largestRead) throw this.#failure('too-large', 'read', path);
        const content = await file.readFile();
        if (content.length > largestRead) throw this.#failure('too-large', 'read', path);
        return content;
      }),
    );
  }

  async hash(path: string): Promise<string> {
    return this.#do('hash', path, () => sumAt(path, this.#clock, this.#closed.signal));
  }

  /** A program costs as much as reading some dozens of files. */
  hashes(paths: readonly string[]): Promise<Map<string, string>> {
    return paths.length > 50 ? hashesOf(this, paths) : hashedOneByOne(this, paths);
  }

  sums(paths: readonly string[]): Promise<(FileSum | null)[]> {
    return sumsOneByOne(this, paths);
  }

  rights(paths: readonly string[]): Promise<FileRights[]> {
    return this.#examined(paths, localRights);
  }

  flags(paths: readonly string[]): Promise<(readonly FileFlag[] | null)[]> {
    return this.#examined(paths, localFlags);
  }

  async #examined<T>(paths: readonly string[], look: (paths: readonly string[]) => Promise<T[]>) {
    for (const path of paths) await this.#do('examine', path, () => stat(path));
    const [first] = paths;
    return first === undefined ? [] : this.#do<T[]>('examine', first, () => look(paths));
  }

  write(path: string, content: NewContent, options: WriteOptions): Promise<void> {
    return this.#write([{ path, content, options }]);
  }

  async writeAll(files: readonly NewFile[]): Promise<void> {
    await this.removeLeftovers(files.map(({ path }) => path));
    await this.#write(files);
  }

  #write(files: readonly NewFile[]): Promise<void> {
    return this.#putAll(
      'write',
      files.map((file) => ({ path: file.path, fill: () => this.#fill(file) })),
    );
  }

  /** All are made and given their rights first, the question for what they are to keep is one for all of them; then all are put in place. */
  async #putAll(work: FileWork, files: readonly { path: string; fill: () => Promise<Filled> }[]) {
    const filled: Filled[] = [];
    try {
      for (const { path, fill } of files) filled.push(await this.#do(work, path, fill));
      const modeAlone = await needModeAlone(filled);
      for (const [at, one] of filled.entries())
        await this.#do(work, files[at]?.path ?? one.target, () => giveRights(one, modeAlone));
    } catch (error) {
      await abandon(filled);
      throw error;
    }
    const [first] = files;
    if (first !== undefined) await this.#do(work, first.path, () => place(filled, this.#clock));
  }

  async #fill({ path, content, options }: NewFile): Promise<Filled> {
    const old = await this.#oldFile(path, 'write');
    const uid = await this.#wantedId(path, 'passwd', options.owner, old?.uid);
    const gid = await this.#wantedId(path, 'group', options.group, old?.gid);
    const { mode, acl = sameAcl, hidesNothing = false } = options;
    return fillFor(path, this.#clock, async (file) => {
      const wanted = await fill(file, content);
      if ((await sumOf(file)) !== wanted) throw this.#failure('damaged', 'write', path);
      return { uid, gid, mode, acl, keepsNothing: hidesNothing && old === null };
    });
  }

  copy(from: string, to: string): Promise<void> {
    return this.copyAll([{ from, to }]);
  }

  copyAll(copies: readonly FileCopy[]): Promise<void> {
    return this.#putAll(
      'copy',
      copies.map((one) => ({ path: one.to, fill: () => this.#fillCopy(one) })),
    );
  }

  async #fillCopy({ from, to }: FileCopy): Promise<Filled> {
    const facts = await this.#do('copy', from, () => withFile(from, (file) => file.stat()));
    if (facts.isDirectory()) throw this.#failure('is-directory', 'copy', from);
    await this.#oldFile(to, 'copy');
    return fillAt(to, this.#clock, async (file) => {
      await withFile(from, (old) => copyBytes(old, file));
      const { uid, gid, mode, atimeMs, mtimeMs } = facts;
      await file.utimes(atimeMs / 1000, mtimeMs / 1000);
      return { uid, gid, mode, acl: sameAcl, like: from };
    });
  }

  async rename(from: string, to: string): Promise<void> {
    mustBeUsable(from, isAbsolute);
    await this.#do('rename', to, async () => {
      await this.#oldFile(to, 'rename');
      await renameOver(from, to, this.#clock).catch((error: unknown) => {
        throw explain(error, 'rename', troubleOf(error) === 'missing' ? from : to, this.#place);
      });
      await syncDirectory(dirname(to));
    });
  }

  async remove(path: string): Promise<void> {
    await this.#do('remove', path, () => removeFile(path));
  }

  async removeLeftovers(paths: readonly string[]): Promise<void> {
    for (const path of paths)
      await this.#do('remove', path, async () => removeLeftovers(await realpath(path).catch(() => path)));
  }

  async list(path: string): Promise<string[]> {
    return this.#do('list', path, async () => {
      if (!(await stat(path)).isDirectory()) throw this.#failure('no-directory', 'list', path);
      return readdir(path);
    });
  }

  close(): Promise<void> {
    if (!this.#closed.signal.aborted) this.#closed.abort(connectionClosed(this.description));
    return Promise.resolve();
  }

  async #do<T>(work: FileWork, path: string, run: () => Promise<T>): Promise<T> {
    this.#closed.signal.throwIfAborted();
    mustBeUsable(path, isAbsolute);
    try {
      return await run();
    } catch (error) {
      throw explain(error, work, path, this.#place);
    }
  }

  #failure(trouble: FileTrouble, work: FileWork, path: string) {
    return fileFailure(trouble, work, path, this.#place);
  }

  /** The file that is to be replaced; a directory is refused. */
  async #oldFile(path: string, work: FileWork) {
    const old = await stat(path).catch(() => null);
    if (old?.isDirectory()) throw this.#failure('is-directory', work, path);
    return old;
  }

  /** -1, as chown takes it, leaves the id alone. */
  async #wantedId(path: string, kind: 'passwd' | 'group', name = '', old = -1): Promise<number> {
    if (windows) return -1;
    if (name === '') return old;
    const id = await this.#accounts.idOf(kind, name);
    if (id === null) throw this.#failure('owner-unknown', 'write', path);
    return id;
  }
}
