import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '#shared/failure.ts';
import { type Database, restoredNote } from './database.ts';
import type { Driver } from './driver.ts';
import { ensureDirectory, partPath, syncDirectory, syncFile } from './files.ts';
import { driverOf } from './sqlite-database.ts';

const kept = 3;
const dayMs = 24 * 3600 * 1000;

export function backupDirectory(path: string): string {
  return join(dirname(path), 'backups');
}

/**
 * Copies the whole database into `backups/` beside it, checks the copy, keeps the newest three. Gives its path.
 * Secrets in it stay sealed: without the keychain entry or the recovery key it does not give them away.
 */
export function backupDatabase(database: Database, now: number): string {
  return backupDriver(driverOf(database), now);
}

/** The same, unless the newest one is younger than this (a day unless said): then null. */
export function backupWhenDue(database: Database, now: number, olderThanMs = dayMs): string | null {
  const newest = listBackups(database.path)[0];
  if (newest !== undefined && now - newest.at < olderThanMs && newest.at <= now) return null;
  return backupDatabase(database, now);
}

export function backupDriver(driver: Driver, now: number): string {
  const directory = backupDirectory(driver.path);
  ensureDirectory(directory);
  const target = join(directory, backupName(driver.path, now));
  const fresh = partPath(target);
  try {
    closeSync(openSync(fresh, 'wx', 0o600)); // SQLite accepts an empty file, and so it is the owner's alone
    driver.run('VACUUM INTO ?', [fresh]);
    markCopy(driver, fresh, now);
    refuseBadCopy(driver, fresh);
    syncFile(fresh);
    renameSync(fresh, target);
    syncDirectory(directory);
  } finally {
    rmSync(fresh, { force: true });
  }
  for (const old of listBackups(driver.path).slice(kept)) rmSync(old.path, { force: true });
  return target;
}

/** All but this one. */
export function dropBackups(path: string, but: string): void {
  for (const old of listBackups(path)) if (old.path !== but) rmSync(old.path, { force: true });
}

export interface Backup {
  path: string;
  at: number;
}

/** Newest first. Whether they are good is another question. */
export function listBackups(path: string): Backup[] {
  const directory = backupDirectory(path);
  if (!existsSync(directory)) return [];
  const pattern = /^(.+)-(\d{13,})\.backup$/;
  return readdirSync(directory)
    .flatMap((name) => {
      const [, base, at] = pattern.exec(name) ?? [];
      return base === basename(path) && at !== undefined
        ? [{ path: join(directory, name), at: Number(at) }]
        : [];
    })
    .sort((one, other) => other.at - one.at);
}

function backupName(path: string, now: number): string {
  return `${basename(path)}-${now}.backup`;
}

/** However it comes into place, by a person's hand too: what was under way when it was made ends then. */
function markCopy(driver: Driver, copy: string, now: number): void {
  withAttached(driver, copy, () =>
    driver.run('INSERT OR REPLACE INTO copy.meta (name, value) VALUES (?, ?)', [restoredNote, String(now)]),
  );
}

export function refuseBadCopy(driver: Driver, copy: string): void {
  const verdict = withAttached(driver, copy, () => driver.pragma('copy.integrity_check'));
  if (verdict === 'ok') return;
  throw new Failure('database.backup-failed', `The backup ${copy} is not an exact copy: ${verdict}.`, {
    hint: 'The database or its disk may be damaged. Check the disk, then start Trustkeep again.',
  });
}

/** As the database `copy`, for as long as `use` takes. */
function withAttached<T>(driver: Driver, copy: string, use: () => T): T {
  driver.run('ATTACH ? AS copy', [copy]);
  try {
    return use();
  } finally {
    driver.run('DETACH copy');
  }
}
