import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { freeBytes } from './sqlite-failure.ts';

const size = 256 * 1024;
/** With less than this left the room is worth more to others. */
const onlyAbove = 16 * 1024 * 1024;

function ballastPath(path: string): string {
  return `${path}-ballast`;
}

/** Room kept for the day the disk is full: without a little of it, a database cannot even be read. */
export function keepBallast(path: string): void {
  const file = ballastPath(path);
  if (existsSync(file) || freeBytes(path) < onlyAbove) return;
  try {
    // random, because a file system that compresses would keep no room for zeros
    writeFileSync(file, randomBytes(size), { flag: 'wx', mode: 0o600 });
  } catch {
    rmSync(file, { force: true }); // no room for it now; the next start tries again
  }
}

/** Gives whether there was any. */
export function releaseBallast(path: string): boolean {
  const file = ballastPath(path);
  if (!existsSync(file)) return false;
  rmSync(file, { force: true });
  return true;
}
