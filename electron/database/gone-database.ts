import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { type Backup, listBackups } from './backup.ts';
import { syncDirectory } from './files.ts';
import { openDriver } from './open.ts';
import { putBackup } from './put-backup.ts';
import { isWhole } from './replace-damaged.ts';

/** What a person decides about a data directory whose database is gone: its newest backup, or an empty one. */
export type GoneAnswer = 'backup' | 'new-start';

/** What only a data directory has in which a database was once in use. */
const usedNames = ['backups', 'master.key'];

/** Whether there is no database at `path`, or none yet written to, in a directory that has been in use. */
export function isGone(path: string): boolean {
  return whatIsLeft(path).length > 0;
}

/**
 * Throws `database.gone` or `database.gone-without-backup` when the database is gone: a loss must not
 * pass for a first start. Changes nothing.
 */
export function refuseGone(path: string): void {
  const left = whatIsLeft(path);
  if (left.length === 0) return;
  const backup = newestWhole(path);
  if (backup === null) throw withoutBackup(path, left);
  throw new Failure(
    'database.gone',
    `The database ${path} is gone, but there are backups of it, the newest of ${isoOf(backup)}.`,
    {
      hint: `Put the newest backup in its place with "${recoverLine(path)}", or begin with an empty database with "${recoverLine(path)} --new-start". Nothing was changed.`,
    },
  );
}

function withoutBackup(path: string, left: readonly string[]): Failure {
  return new Failure(
    'database.gone-without-backup',
    `The database ${path} is gone, and there is no intact backup of it, but files of it are still there: ${left.join(', ')}.`,
    {
      hint: `Put the database back, or begin with an empty one with "${recoverLine(path)} --new-start". Nothing was changed.`,
    },
  );
}

function recoverLine(path: string): string {
  return `trustkeep recover --data-directory ${dirname(path)}`;
}

/**
 * Carries out what a person decided, and gives the sentence that says so. Throws `database.not-gone` when there is nothing
 * to decide, and what `refuseGone` throws when a backup is asked for and none is intact. Before the database is opened, by
 * the one agent. Nothing is deleted: what it moves keeps its name in a directory beside the database, or with an ending.
 */
export function settleGone(path: string, answer: GoneAnswer, now: number): string {
  const left = whatIsLeft(path);
  if (left.length === 0)
    throw new Failure('database.not-gone', `There is nothing to recover in ${dirname(path)}.`, {
      hint: 'Use Trustkeep as usual. To go back to an earlier state, use "trustkeep backup restore". Nothing was changed.',
    });
  return answer === 'backup' ? putBackupBack(path, now) : setAside(path, left, now);
}

function putBackupBack(path: string, now: number): string {
  const backup = newestWhole(path);
  if (backup === null) throw withoutBackup(path, whatIsLeft(path));
  putBackup(path, backup, `${path}.gone-${now}`, openDriver);
  return `The database was gone; its backup of ${isoOf(backup)} was put in its place.`;
}

function setAside(path: string, left: readonly string[], now: number): string {
  const aside = join(dirname(path), `before-new-start-${now}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of left) renameSync(join(dirname(path), name), join(aside, name));
  syncDirectory(aside);
  syncDirectory(dirname(path));
  return `The database was gone, and a person chose a new start; what was left of it is kept in ${aside}.`;
}

/** Names of files of an earlier database; none when there is a database, or when the directory has never been in use. */
function whatIsLeft(path: string): string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0) return [];
  const own = basename(path);
  const left = namesIn(dirname(path))
    .filter((name) => usedNames.includes(name) || (name.startsWith(`${own}-`) && !name.endsWith('-journal')))
    .filter((name) => name !== 'backups' || listBackups(path).length > 0);
  return left.sort();
}

/** None where there is no directory, or none that this account can read: what is wrong with it is said by who uses it. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function newestWhole(path: string): Backup | null {
  return listBackups(path).find((one) => isWhole(one, openDriver)) ?? null;
}

function isoOf({ at }: Backup): string {
  return new Date(at).toISOString();
}
