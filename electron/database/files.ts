import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { newId } from '#kit/ids.ts';
import { Failure } from '#shared/failure.ts';

/**
 * Makes the directory for its owner only. One that exists stays as it is: a person chose it. Throws
 * `database.not-writable` where it cannot be made, or not be reached.
 */
export function ensureDirectory(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    // not `recursive`: where a file system refuses every new name (/proc), Node's own never comes back
    if (!existsSync(dirname(path))) ensureDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory()) return;
    throw error instanceof Failure ? error : noDirectory(path, error);
  }
}

/** Throws `database.not-writable` where nothing can be written: asked before the first file, it is one sentence for all. */
export function refuseUnwritable(directory: string): void {
  try {
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const readOnly = code === 'EROFS';
    throw new Failure(
      'database.not-writable',
      readOnly
        ? `The data directory ${directory} is on a file system that is mounted read-only.`
        : `The account that Trustkeep runs as is not allowed to write to the data directory ${directory}.`,
      {
        hint: readOnly
          ? 'Mount it writable, or choose another data directory with --data-directory.'
          : 'Run Trustkeep as the account that owns the data directory, or choose another one with --data-directory.',
        cause: error,
      },
    );
  }
}

function noDirectory(path: string, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return notWritable(path, error);
  const isFile = code === 'EEXIST' || code === 'ENOTDIR';
  const why = isFile ? 'there is a file in its place' : `the system says ${code ?? String(error)}`;
  const sentence =
    code === 'EACCES' || code === 'EPERM'
      ? `The account that Trustkeep runs as is not allowed to open or create the directory ${path}.`
      : `The directory ${path} cannot be created: ${why}.`;
  return new Failure('database.not-writable', sentence, {
    hint: 'Choose another data directory with --data-directory, or run Trustkeep as the account that owns it.',
    cause: error,
  });
}

/**
 * The file exists and is its owner's alone before SQLite touches it: the -wal and -shm files inherit its mode.
 * Never opens a file that exists, because closing it again would drop SQLite's locks held by this process.
 */
export function ensureOwnFile(path: string): void {
  try {
    const handle = openSync(path, 'wx', 0o600);
    closeSync(handle);
    syncDirectory(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritable(path, error);
    if (process.platform === 'win32') return; // the directory's access list rules there
    if ((statSync(path).mode & 0o077) === 0) return;
    closeToOthers([path, `${path}-wal`, `${path}-shm`]);
  }
}

function closeToOthers(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      if (existsSync(path)) chmodSync(path, 0o600);
    } catch (error) {
      throw notWritable(path, error);
    }
  }
}

/**
 * A regular file, no link, of this account, that nobody else may write. Where others may make files beside ours, one under
 * a name of ours need not come from us.
 */
export function isOwnFile(path: string): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined || !facts.isFile()) return false;
  const self = process.geteuid?.();
  return self === undefined || (facts.uid === self && (facts.mode & 0o022) === 0);
}

/** The first bytes of a file, fewer when it is shorter; none when there is no such file. */
export function readStart(path: string, length: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  const handle = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle, bytes, 0, length, 0));
  } finally {
    closeSync(handle);
  }
}

export function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a new or renamed entry survive a loss of power. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return; // directories cannot be opened there; NTFS journals its entries
  const handle = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function notWritable(path: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Failure('database.disk-full', `There is not enough space for ${path}.`, {
      hint: 'Free some space on that disk, then start again.',
      cause: error,
    });
  return new Failure('database.not-writable', `${path} cannot be created (${code}).`, {
    hint: 'Its directory must belong to the account that Trustkeep runs as.',
    cause: error,
  });
}

/** A new name beside `path` for what is not finished. */
export function partPath(path: string): string {
  return `${path}.${newId('key')}.part`;
}

const part = /\.key_[0-9a-z]{16}\.part(-journal|-wal|-shm)?$/;

/** Removes what a killed process did not finish there. Only while nobody else works on it. */
export function removeParts(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory))
    if (part.test(name)) rmSync(join(directory, name), { force: true });
}
