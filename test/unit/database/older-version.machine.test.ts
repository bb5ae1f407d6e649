import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { readySealer } from '#test/make/database.ts';
import { layDown } from '#test/make/filled-database.ts';
import { backupDirectory } from '../../../electron/database/backup.ts';
import { stageForOlderVersion } from '../../../electron/database/older-version.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { stagedPath } from '../../../electron/database/put-restored.ts';

const laid: { remove(): void }[] = [];
afterEach(() => {
  for (const one of laid.splice(0)) one.remove();
});

/** A database that version 3 of the schema wrote, opened by this program, which changes it. */
function changedDatabase(): string {
  const filled = layDown(3);
  const { path } = filled;
  laid.push(filled);
  openDatabase({ path, clock: systemClock, log: silentLog, sealer: readySealer() }).close();
  return path;
}
const schemaOf = (path: string) => readFileSync(path).readUInt32BE(60);

test('a version that cannot open the database gets the backup made right before it was changed', () => {
  const path = changedDatabase();
  const now = schemaOf(path);
  expect(now).toBeGreaterThan(3);
  expect(stageForOlderVersion(path, 3)).toBe(true);
  expect(schemaOf(stagedPath(path))).toBe(3);
  expect(schemaOf(path)).toBe(now); // until the next start
});

test('a version that can open the database keeps it', () => {
  const path = changedDatabase();
  expect(stageForOlderVersion(path, schemaOf(path))).toBe(false);
  expect(existsSync(stagedPath(path))).toBe(false);
});

test('without a backup that it can open, it is not put back', () => {
  const path = changedDatabase();
  rmSync(backupDirectory(path), { recursive: true });
  expect(() => stageForOlderVersion(path, 3)).toThrow(/no backup of it that it could is left/);
});
