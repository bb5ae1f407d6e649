import { renameSync } from 'node:fs';

/** Milliseconds: a virus scanner, an indexer or a backup reads a new file for a moment, and Windows then refuses to replace it. */
const waits = [10, 20, 50, 100, 250, 500];
const passing = ['EPERM', 'EACCES', 'EBUSY'];

/**
 * As `renameSync`, over what is there. On Windows it is tried for a second where another program holds one of the two open;
 * it then throws what the last attempt did. For files that are written seldom: it blocks.
 */
export function renameOver(
  from: string,
  to: string,
  { rename = renameSync, platform = process.platform } = {},
): void {
  for (let turn = 0; ; turn += 1) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      const wait = platform === 'win32' ? waits[turn] : undefined;
      if (wait === undefined || !passing.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
}
