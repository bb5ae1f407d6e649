import { existsSync, renameSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Log } from '#kit/log.ts';
import { renameOver } from '#kit/rename-over.ts';
import { Failure } from '#shared/failure.ts';
import { backupDirectory } from './backup.ts';
import { isOwnFile, removeParts, syncDirectory } from './files.ts';

/** A restored database that waits for the next start. */
export function stagedPath(path: string): string {
  return `${path}.restored`;
}

/** Where the database goes that a restored one replaces. */
export function asidePath(path: string, restoredAt: number): string {
  return `${path}.before-restore-${restoredAt}`;
}

/**
 * Puts a restored database in the place of the present one, which is kept aside, and removes what was left unfinished.
 * Before the database is opened, by the one agent. Killed at any point, the next call goes on where this one ended.
 */
export function putRestored(path: string, log: Log): void {
  const backups = backupDirectory(path);
  for (const directory of [dirname(path), backups]) removeParts(directory);
  const staged = stagedPath(path);
  if (!existsSync(staged)) return;
  if (!isOwnFile(staged)) {
    log.error('a file is not taken for a restored database: it is not of this account alone', {
      path: staged,
    });
    return;
  }
  const at = Math.round(statSync(staged).mtimeMs);
  const aside = asidePath(path, at);
  try {
    // its log goes first: beside another database it would be taken for that one's
    for (const end of ['-wal', '-shm', '-journal', ''])
      if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
    // and its copies: were this one damaged tomorrow, they would be put in its place
    if (existsSync(backups)) renameSync(backups, `${backups}.before-restore-${at}`);
    syncDirectory(dirname(path));
    renameOver(staged, path);
    syncDirectory(dirname(path));
  } catch (error) {
    throw new Failure(
      'database.restore-failed',
      `The restored database could not be put in the place of ${path} (${(error as NodeJS.ErrnoException).code}).`,
      {
        hint: `Allow Trustkeep to rename files there, then start it again. Both databases are kept: ${basename(staged)} and the previous one.`,
        cause: error,
      },
    );
  }
  log.warn('a restored database is in place', { path, before: aside });
}
