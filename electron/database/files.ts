import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '#shared/failure.ts';

/** Makes the directory for its owner only. One that exists stays as it is: a person chose it. */
export function ensureDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notWritable(path, error);
  }
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
    for (const one of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(one)) chmodSync(one, 0o600);
  }
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
    return new Failure('database.disk-full', `There is no room for ${path}.`, {
      hint: 'Make room on that disk, then start again.',
      retry: 'later',
      cause: error,
    });
  return new Failure('database.not-writable', `${path} cannot be made (${code}).`, {
    hint: 'Its directory must belong to the account Trustkeep runs as.',
    cause: error,
  });
}
