import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { renameOver } from '#kit/rename-over.ts';
import type { Backup } from './backup.ts';
import { restoredNote } from './database.ts';
import type { Driver } from './driver.ts';
import { partPath, syncDirectory, syncFile } from './files.ts';
import { MetaRepository } from './meta.ts';

export type OpenFile = (path: string, options: { readonly: boolean }) => Driver;

/**
 * Puts a copy of `backup` in the place of the database, by one rename; the files that are there are kept, their names
 * beginning with `aside`. What was under way in the backup ends at the next start. Only while the database is closed.
 */
export function putBackup(path: string, backup: Backup, aside: string, open: OpenFile): void {
  const fresh = partPath(path);
  try {
    copyFileSync(backup.path, fresh);
    chmodSync(fresh, 0o600);
    mark(open(fresh, { readonly: false }), backup.at);
    syncFile(fresh);
    // the log goes first: beside another database it would be taken for that one's
    for (const end of ['-wal', '-shm', '-journal', ''])
      if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
    renameOver(fresh, path);
    syncDirectory(dirname(path));
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Backups are made with the mark; those of earlier versions have none. */
function mark(driver: Driver, at: number): void {
  try {
    driver.pragma('journal_mode = DELETE');
    new MetaRepository(driver).set(restoredNote, String(at));
  } finally {
    driver.close();
  }
}
