import { timingSafeEqual } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { newId } from '#kit/ids.ts';
import { readWithoutWaiting } from '#kit/open-flags.ts';
import { credentialFile } from '#kit/paths.ts';
import { renameOver } from '#kit/rename-over.ts';
import { Failure } from '#shared/failure.ts';
import type { Keychain } from './keychain.ts';

const line = /^trustkeep-key ([0-9a-f]+) ([A-Za-z0-9+/]{43}=)$/;

/**
 * A file readable only by its owner, one line per key. Refuses a symbolic link, a file of somebody else and one that
 * others may read: it does not repair, because it may have been read already. Not safe for two writers at once.
 * `handedOver`: the copy of it that the service manager gave this process, which is looked into first; it is never written.
 */
export function keyFileKeychain(path: string, handedOver: string | null = credentialFile()): Keychain {
  return {
    kind: 'key-file',
    async get(keyId) {
      const kept = readHandedOver(handedOver)?.get(keyId) ?? read(path)?.get(keyId);
      return kept === undefined ? null : Buffer.from(kept, 'base64');
    },
    async set(keyId, key) {
      if (!isAbsolute(path)) throw unavailable(path, 'its path is not absolute');
      if (readHandedOver(handedOver) !== null && !isWritable(path)) throw onlyHandedOver(path);
      const keys = read(path) ?? new Map<string, string>();
      keys.set(keyId, key.toString('base64'));
      write(path, keys);
      const back = Buffer.from(read(path)?.get(keyId) ?? '', 'base64');
      const same = back.length === key.length && timingSafeEqual(back, key);
      back.fill(0);
      if (!same) throw writeFailed(path, 'what was read back differs');
    },
    async remove(keyId) {
      removeUnfinished(path);
      const keys = read(path);
      if (keys === null || !keys.delete(keyId)) return;
      if (keys.size === 0) rmSync(path, { force: true });
      else write(path, keys);
    },
  };
}

/** Null when there is no such file. */
function read(path: string): Map<string, string> | null {
  const handle = openToRead(path);
  if (handle === null) return null;
  try {
    refuseOpenToOthers(path, handle);
    return keysIn(path, handle);
  } finally {
    closeSync(handle);
  }
}

/** systemd gives it to the account by an access list, in a directory that no one else can enter: only who wrote it counts. */
function readHandedOver(path: string | null): Map<string, string> | null {
  const handle = path === null ? null : openToRead(path);
  if (path === null || handle === null) return null;
  try {
    const { uid } = fstatSync(handle);
    if (![0, process.geteuid?.()].includes(uid))
      throw unavailable(path, `it belongs to user ${uid}, not to the service manager`);
    return keysIn(path, handle);
  } finally {
    closeSync(handle);
  }
}

function keysIn(path: string, handle: number): Map<string, string> {
  const keys = new Map<string, string>();
  for (const text of readFileSync(handle, 'latin1').split(/\r?\n/)) {
    const [, keyId, key] = line.exec(text) ?? [];
    if (keyId !== undefined && key !== undefined) keys.set(keyId, key);
    else if (text.trim() !== '' && !text.startsWith('#')) throw unavailable(path, 'it is not a key file');
  }
  return keys;
}

function openToRead(path: string): number | null {
  try {
    return openSync(path, readWithoutWaiting | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return null;
    if (code === 'ELOOP') throw unavailable(path, 'it is a symbolic link', error);
    throw unavailable(path, `it cannot be read (${code})`, error);
  }
}

function refuseOpenToOthers(path: string, handle: number): void {
  const facts = fstatSync(handle);
  if (!facts.isFile()) throw unavailable(path, 'it is not a regular file');
  const self = process.geteuid?.();
  if (self === undefined) return; // Windows: the data directory's access list already says "owner only"
  if (facts.uid !== self) throw unavailable(path, `it belongs to user ${facts.uid}, not to ${self}`);
  const mode = facts.mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw unavailable(path, `others can read or change it (mode ${mode.toString(8)})`);
}

function write(path: string, keys: Map<string, string>): void {
  const fresh = `${path}.${newId('key')}`;
  const lines = [...keys].map(([keyId, key]) => `trustkeep-key ${keyId} ${key}\n`);
  try {
    writeFileSync(
      fresh,
      `# Master key of Trustkeep. Whoever reads it can open the stored secrets.\n${lines.join('')}`,
      {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      },
    );
    renameOver(fresh, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw writeFailed(path, (error as NodeJS.ErrnoException).code ?? 'unknown reason', error);
  }
}

/** What a killed process wrote and did not put in place holds keys too. */
function removeUnfinished(path: string): void {
  const directory = dirname(path);
  if (!existsSync(directory)) return;
  const ours = `${basename(path)}.key_`;
  for (const name of readdirSync(directory))
    if (name.startsWith(ours) && /^[0-9a-z]{16}$/.test(name.slice(ours.length)))
      rmSync(join(directory, name), { force: true });
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return; // a directory cannot be opened there; NTFS journals the rename
  const handle = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function onlyHandedOver(path: string): Failure {
  return new Failure(
    'keychain.write-failed',
    `The service manager hands the master key of ${path} to the service, which may only read it.`,
    {
      hint: 'Keep it in the data directory first: trustkeep secrets choose key-file --system. Nothing was changed.',
    },
  );
}

function unavailable(path: string, why: string, cause?: unknown): Failure {
  return new Failure('keychain.unavailable', `The key file ${path} cannot be used: ${why}.`, {
    hint: 'It must be a regular file that belongs to the account that Trustkeep runs as, with mode 600.',
    retry: 'needs-person',
    cause,
  });
}

function writeFailed(path: string, why: string, cause?: unknown): Failure {
  return new Failure('keychain.write-failed', `The master key could not be written to ${path}: ${why}.`, {
    hint: 'Choose a path in a directory that Trustkeep can write to. Nothing was changed.',
    cause,
  });
}
