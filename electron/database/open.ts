import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { RowSealer } from '../secrets/envelope.ts';
import { backupDriver } from './backup.ts';
import { keepBallast, releaseBallast } from './ballast.ts';
import type { Database } from './database.ts';
import { Driver, type RawDatabase } from './driver.ts';
import { ensureDirectory, ensureOwnFile } from './files.ts';
import { applicationId, refuseForeign, refuseForeignFile } from './header.ts';
import { refuseOldRuntime, refuseOldSqlite } from './load-sqlite.ts';
import { migrate, migrations, refuseFuture, versionOf } from './migrate.ts';
import type { OpenFile } from './put-backup.ts';
import { replaceDamaged } from './replace-damaged.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { damaged, sqliteFailure } from './sqlite-failure.ts';

interface OpenOptions {
  path: string;
  clock: Clock;
  log: Log;
  sealer: RowSealer;
  /** A compiled SQLite addon to use in place of the library's own. */
  nativeBinding?: string | undefined;
}

/** How often each path is open in this process. */
const openHere = new Map<string, number>();

/**
 * Opens the store, making it at the first start, and brings it up to date. Throws `database.*`: nothing was changed
 * then, but for a damaged file, which is moved aside when a verified backup can take its place.
 */
export function openDatabase(options: OpenOptions): Database {
  const path = resolve(options.path);
  const log = options.log.in('database');
  const driver = openOrReplace(path, options);
  try {
    bringUpToDate(driver, options.clock.now());
    markExit(driver, 'open', log);
  } catch (error) {
    driver.close();
    throw error;
  }
  keepBallast(path);
  openHere.set(path, (openHere.get(path) ?? 0) + 1);
  return new SqliteDatabase(driver, options.sealer, () => {
    markExit(driver, 'clean', log);
    const left = (openHere.get(path) ?? 1) - 1;
    if (left === 0) openHere.delete(path);
    else openHere.set(path, left);
  });
}

/** One connection, nothing set and nothing checked. The library is loaded at the first call. */
export function openDriver(
  path: string,
  options: { nativeBinding?: string | undefined; readonly?: boolean; timeoutMs?: number } = {},
): Driver {
  const require = createRequire(import.meta.url);
  const { nativeBinding } = options;
  refuseOldRuntime(() => require.resolve('better-sqlite3/package.json'), nativeBinding);
  const Library = loadLibrary(require);
  try {
    const raw: RawDatabase = new Library(path, {
      timeout: options.timeoutMs ?? 5000,
      readonly: options.readonly ?? false,
      ...(nativeBinding === undefined ? {} : { nativeBinding }),
    });
    return new Driver(path, raw);
  } catch (error) {
    throw sqliteFailure(path, error);
  }
}

function loadLibrary(require: NodeJS.Require): typeof import('better-sqlite3') {
  try {
    return require('better-sqlite3') as typeof import('better-sqlite3');
  } catch (error) {
    throw new Failure('database.driver-missing', 'The SQLite library of Trustkeep cannot be loaded.', {
      hint: 'This build does not work on this machine. Reinstall Trustkeep.',
      cause: error,
    });
  }
}

function openOrReplace(path: string, { clock, log, nativeBinding }: OpenOptions): Driver {
  ensureDirectory(dirname(path));
  try {
    return withRoom(path, log, () => openChecked(path, nativeBinding));
  } catch (error) {
    if (asFailure(error).code !== 'database.damaged' || openHere.has(path)) throw error;
    const open: OpenFile = (file, options) => openDriver(file, { nativeBinding, ...options });
    throw replaceDamaged(path, clock.now(), open, error);
  }
}

/** A full disk can make even reading impossible; then the ballast goes, once. */
function withRoom(path: string, log: Log, open: () => Driver): Driver {
  try {
    return open();
  } catch (error) {
    if (asFailure(error).code !== 'database.disk-full' || !releaseBallast(path)) throw error;
    log.warn('the disk is full; the ballast was released', { path });
    return open();
  }
}

function openChecked(path: string, nativeBinding: string | undefined): Driver {
  if (!openHere.has(path)) refuseForeignFile(path);
  ensureOwnFile(path);
  const driver = openDriver(path, { nativeBinding });
  try {
    refuseOldSqlite(String(driver.get('SELECT sqlite_version() AS version')?.version));
    prepare(driver);
    if (versionOf(driver) > 0 && exitOf(driver) !== 'clean') quickCheck(driver);
    return driver;
  } catch (error) {
    driver.close();
    throw error;
  }
}

function prepare(driver: Driver): void {
  // this build of SQLite would take NORMAL in WAL mode, which may lose the last commits with the power
  driver.pragma('synchronous = FULL');
  driver.pragma('foreign_keys = ON');
  driver.pragma('secure_delete = ON');
  driver.pragma('trusted_schema = OFF');
  driver.pragma('temp_store = MEMORY');
  // before WAL, so that the mark stands in the file itself and not in its log
  if (driver.pragma('page_count') === 0) driver.pragma(`application_id = ${applicationId}`);
  refuseForeign(driver.path, Number(driver.pragma('application_id')));
  refuseFuture(driver.path, versionOf(driver), migrations.length);
  keepLog(driver);
  driver.pragma(`journal_size_limit = ${4 * 1024 * 1024}`);
}

/**
 * Of several programs that open a new store at the same moment SQLite refuses one this change at once, where it waits for
 * every other lock: so a lock is waited for, and the change tried again.
 */
function keepLog(driver: Driver, tries = 10): void {
  try {
    driver.pragma('journal_mode = WAL');
  } catch (error) {
    if (asFailure(error).code !== 'database.busy' || tries === 1) throw error;
    driver.transaction(() => {});
    keepLog(driver, tries - 1);
  }
}

function quickCheck(driver: Driver): void {
  const verdict = driver.pragma('quick_check(1)');
  if (verdict !== 'ok') throw damaged(driver.path, new Error(String(verdict)));
}

function bringUpToDate(driver: Driver, now: number): void {
  const before = versionOf(driver);
  // right before: what the older program can go back to. An empty store is no backup of anything.
  if (before > 0 && before < migrations.length) backupDriver(driver, now);
  if (!migrate(driver)) return;
  driver.pragma('wal_checkpoint(TRUNCATE)'); // the version then stands in the file's header
}

function exitOf(driver: Driver): unknown {
  return driver.get(`SELECT value FROM meta WHERE name = 'exit'`)?.value;
}

/** `clean` spares the next start the check. Best effort: on a full disk the store is still readable. */
function markExit(driver: Driver, state: 'open' | 'clean', log: Log): void {
  try {
    driver.run(`INSERT OR REPLACE INTO meta (name, value) VALUES ('exit', ?)`, [state]);
  } catch (error) {
    log.warn('the exit mark could not be written', { error: asFailure(error) });
  }
}
