import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { leftoverMinutes } from '../common/file-failures.ts';
import { codeOf } from './trouble.ts';

const windows = process.platform === 'win32';

/**
 * Makes a new file beside `path` (where its symbolic links lead), lets `fill` write it, and renames it over the old one
 * when that worked. Whatever happens, the old or the new content is there and no temporary file stays.
 */
export async function replace(
  path: string,
  clock: Clock,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const target = await whereItLeads(path);
  const directory = dirname(target);
  const name = basename(target).slice(0, 200);
  await removeLeftovers(directory, name, clock.now());
  const temporary = join(directory, `.${name}.trustkeep-${randomBytes(8).toString('hex')}`);
  const file = await open(temporary, 'wx+', 0o600);
  try {
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await keepSecurityContext(target, temporary);
    await renameOver(temporary, target, clock);
  } catch (error) {
    await unlink(temporary).catch(() => {}); // it may have been renamed, or the disk is gone
    throw error;
  }
  await syncDirectory(directory);
}

/** SHA-256 of what is in an open file, read again from its beginning. */
export async function sumOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const part = Buffer.alloc(64 * 1024);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(part, 0, part.length, at);
    if (bytesRead === 0) break;
    hash.update(part.subarray(0, bytesRead));
    at += bytesRead;
  }
  part.fill(0);
  return hash.digest('hex');
}

/** Like `realpath`, but the last name need not exist: a link may lead to a file that is yet to be made. */
async function whereItLeads(path: string, links = 40): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || links === 0) throw error;
  }
  const directory = await realpath(dirname(path));
  const link = await readlink(path).catch(() => null);
  return link === null ? join(directory, basename(path)) : whereItLeads(resolve(directory, link), links - 1);
}

export async function syncDirectory(directory: string): Promise<void> {
  if (windows) return; // directories cannot be opened there
  const handle = await open(directory, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

async function removeLeftovers(directory: string, name: string, now: number): Promise<void> {
  const names = await readdir(directory).catch(() => []); // a directory may be writable and not readable
  for (const one of names.filter((other) => other.startsWith(`.${name}.trustkeep-`))) {
    const path = join(directory, one);
    const facts = await stat(path).catch(() => null);
    if (facts?.isFile() && now - facts.mtimeMs > leftoverMinutes * 60_000) await unlink(path).catch(() => {});
  }
}

/** Waits before trying again, in milliseconds: on Windows a virus scanner or a reader holds a file for a moment. */
const renameWaits = windows ? [20, 50, 100, 250, 500] : [];

export async function renameOver(from: string, to: string, clock: Clock): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const wait = renameWaits[turn];
      if (wait === undefined || !['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '')) throw error;
      await clock.sleep(wait);
    }
  }
}

async function keepSecurityContext(from: string, to: string): Promise<void> {
  if (process.platform !== 'linux') return;
  if (!(await stat('/sys/fs/selinux/enforce').catch(() => null))) return;
  await exec({ argv: ['chcon', `--reference=${from}`, '--', to], timeoutMs: 10_000 }).catch(() => null);
}
