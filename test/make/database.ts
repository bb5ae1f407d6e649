import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { Database } from '../../electron/database/database.ts';
import { openDatabase } from '../../electron/database/open.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { Envelope, type RowSealer } from '../../electron/secrets/envelope.ts';
import { tempDirectory } from './directory.ts';

/** Fixed "now" of rows made by the builders. */
export const now = Date.UTC(2026, 10, 21);
export const hour = 3_600_000;
export const day = 24 * hour;

/** A clock that stands still. */
export function clockAt(at: number): Clock {
  return { ...systemClock, now: () => at };
}

/** A sealer that is always ready. */
export function readySealer(): RowSealer {
  return new Envelope(randomBytes(32), randomUUID());
}

export interface TestDatabase {
  database: Database;
  path: string;
  directory: string;
  sealer: RowSealer;
  /** Opens this file, or another one; closing it is the caller's. */
  open(path?: string): Database;
  /** Closes, and opens the same file again. */
  reopen(): Database;
  /** Runs a statement past the repositories, as somebody with the file and a tool would. */
  raw(sql: string, params?: (string | number | null)[]): void;
  /** Closes and removes everything. */
  remove(): void;
}

/** A store of its own in a directory of its own. */
export function makeDatabase(sealer: RowSealer = readySealer()): TestDatabase {
  const { path: directory, remove } = tempDirectory('store');
  const path = join(directory, 'data', 'trustkeep.db');
  const open = (file = path) => openDatabase({ path: file, clock: clockAt(now), log: silentLog, sealer });
  const fixture: TestDatabase = {
    database: open(),
    path,
    directory: join(directory, 'data'),
    sealer,
    open,
    reopen() {
      fixture.database.close();
      fixture.database = open();
      return fixture.database;
    },
    raw(sql, params = []) {
      (fixture.database as SqliteDatabase).driver.run(sql, params);
    },
    remove() {
      fixture.database.close();
      remove();
    },
  };
  return fixture;
}
