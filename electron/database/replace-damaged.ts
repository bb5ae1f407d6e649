import { Failure } from '#shared/failure.ts';
import { type Backup, backupDirectory, listBackups } from './backup.ts';
import type { Driver } from './driver.ts';
import { applicationId } from './header.ts';
import { migrations, versionOf } from './migrate.ts';
import { type OpenFile, putBackup } from './put-backup.ts';

/**
 * What to do about a damaged database: the newest backup that proves whole takes its place, the damaged file is kept
 * beside it; without such a backup nothing is touched. Gives the failure that tells a person, in both cases: nobody
 * should go on with an older state without having read so.
 */
export function replaceDamaged(path: string, now: number, open: OpenFile, cause: unknown): Failure {
  const backup = listBackups(path).find((one) => isWhole(one, open));
  if (backup === undefined)
    return new Failure(
      'database.damaged',
      `The database ${path} is damaged, and there is no verified backup in ${backupDirectory(path)}.`,
      {
        hint: 'Replace it with a good copy. To start with an empty database, move it away, then use "trustkeep recover --new-start". Nothing was changed.',
        cause,
      },
    );
  const aside = `${path}.damaged-${now}`;
  putBackup(path, backup, aside, open);
  const from = new Date(backup.at).toISOString();
  return new Failure(
    'database.replaced',
    `The database ${path} was damaged; it is now ${aside}, and its backup of ${from} was put in its place.`,
    {
      hint: 'Start Trustkeep again to continue from that backup; tasks that were in progress in it end then. Check what was done since then.',
      cause,
    },
  );
}

/** It opens, is ours, holds something, is not of a newer version, and SQLite finds no fault in it. */
export function isWhole(backup: Backup, open: OpenFile): boolean {
  let driver: Driver | null = null;
  try {
    driver = open(backup.path, { readonly: true });
    return (
      driver.pragma('application_id') === applicationId &&
      versionOf(driver) > 0 &&
      versionOf(driver) <= migrations.length &&
      driver.pragma('integrity_check(1)') === 'ok'
    );
  } catch {
    return false;
  } finally {
    driver?.close();
  }
}
