import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { readWithoutWaiting } from '#kit/open-flags.ts';
import { bytesOf, sumOfBytes } from '../common/new-content.ts';
import type { NewContent } from '../connection.ts';
import { NotAFile } from './trouble.ts';

const windows = process.platform === 'win32';

/**
 * Opens a file for reading, and closes it whatever happens. A pipe may never be written to, and a device may never end: they
 * are `NotAFile`, and looked at before, since opening one may already do something. A directory is opened.
 */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  await mustBePlain(await stat(path));
  const file = await open(path, readWithoutWaiting);
  try {
    await mustBePlain(await file.stat()); // it may be another one by now
    return await use(file);
  } finally {
    await file.close();
  }
}

async function mustBePlain(facts: Stats): Promise<void> {
  if (facts.isFile() || facts.isDirectory()) return;
  // what is mounted over a file to hide it
  const nothing = await stat('/dev/null').catch(() => null);
  if (facts.isCharacterDevice() && facts.rdev === nothing?.rdev) return;
  throw new NotAFile('not a plain file');
}

/** Sets owner and group (-1: as it is). Before the mode: giving a file away clears its set-id bits. Nothing on Windows. */
export async function own(file: FileHandle, uid: number, gid: number): Promise<void> {
  if (windows || (uid === -1 && gid === -1)) return;
  const now = await file.stat();
  await file.chown(uid === -1 ? now.uid : uid, gid === -1 ? now.gid : gid);
}

/** Everything of `from`, written where `to` stands. */
export async function copyBytes(from: FileHandle, to: FileHandle): Promise<void> {
  const part = Buffer.alloc(64 * 1024);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(part, 0, part.length, at);
    if (bytesRead === 0) break;
    await to.writeFile(part.subarray(0, bytesRead));
    at += bytesRead;
  }
  part.fill(0);
}

/** Writes new content, and gives the SHA-256 that it must have. */
export async function fill(file: FileHandle, content: NewContent): Promise<string> {
  if (!('onHost' in content)) {
    const bytes = bytesOf(content);
    await file.writeFile(bytes);
    return sumOfBytes(bytes);
  }
  await file.writeFile(bytesOf(content.before));
  await withFile(content.onHost, (key) => copyBytes(key, file));
  await file.writeFile(bytesOf(content.after));
  return content.sha256;
}
