import { renameSync } from 'node:fs';

/** Milliseconds: a virus scanner, an indexer or a backup reads a new file for a moment, and Windows then refuses to replace it. */
const waits = [10, 20, 50, 100, 250, 500];
const passing = ['EPERM', 'EACCES', 'EBUSY'];

/**
 * How long to wait, in milliseconds, before a rename that failed so is tried again; undefined: it is not. `turn` counts the
 * attempts before, from 0.
 */
export function waitBeforeRename(
  error: unknown,
  turn: number,
  platform = process.platform,
): number | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return platform === 'win32' && passing.includes(code ?? '') ? waits[turn] : undefined;
}

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
      const wait = waitBeforeRename(error, turn, platform);
      if (wait === undefined) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
}
