import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { Envelope, SealContext } from '../secrets/envelope.ts';
import type { PreparedRows, Resealed, SealedRows } from '../secrets/sealed-rows.ts';
import { resealAuditHead } from './audit.ts';
import type { Database } from './database.ts';
import type { Driver, Row } from './driver.ts';
import { ownerName } from './secret-owner.ts';
import { putSealed } from './secrets.ts';
import { driverOf } from './sqlite-database.ts';
import { refuseWithoutRoom } from './sqlite-failure.ts';

/** A turn of the loop is held up for some milliseconds by one of these. */
const slice = { keys: 500, values: 50 };

/** What a rotation may need on disk, in bytes: the log until it is cut, and pages that split. */
const room = { least: 128 * 1024, row: 128 };

type KeyRow = SealContext & { wrapped: Uint8Array };
interface Rewrapped {
  row: KeyRow;
  fresh: Buffer;
}
interface Rewrap {
  done: Rewrapped[];
  damaged: KeyRow[];
}
type GoOn = () => boolean;

/** What a change of the store's key does to the rows of this database. */
export function sealedRowsOf(database: Database, clock: Clock, log: Log): SealedRows {
  const driver = driverOf(database);
  return {
    async prepare(from, to): Promise<PreparedRows> {
      refuseWithoutRoom(driver.path, room.least + room.row * rowsOf(driver));
      const keyless = await convertDirect(driver, from, clock);
      const { done, damaged } = await rewrapAll(driver, to, clock);
      return {
        change() {
          resealAuditHead(driver, from, to);
          return count(driver, keyless, damaged);
        },
        write: (goOn) => writeAll(driver, done, clock, goOn),
      };
    },
    finish: (envelope, goOn) => rewrapRest(driver, envelope, clock, goOn),
    settle() {
      try {
        driver.pragma('wal_checkpoint(TRUNCATE)'); // the old keys stand in the log until it is begun anew
      } catch (error) {
        log.warn('the write-ahead log could not be cut', { error: asFailure(error) });
      }
    },
  };
}

/**
 * Values sealed directly under the store's key, as all were once, get row keys of their own: a few in a transaction.
 * Gives those that do not open; they stay as they are.
 */
async function convertDirect(driver: Driver, envelope: Envelope, clock: Clock): Promise<SealContext[]> {
  const damaged: SealContext[] = [];
  for (let after = start; ; ) {
    const rows = driver.all(
      `SELECT owner, name, sealed FROM secrets AS s WHERE (owner, name) > (?, ?)
       AND NOT EXISTS (SELECT 1 FROM secret_keys AS k WHERE k.owner = s.owner AND k.name = s.name)
       ORDER BY owner, name LIMIT ?`,
      [after.owner, after.name, slice.values],
    );
    driver.transaction(() => {
      for (const row of rows) if (!convertOne(driver, envelope, row)) damaged.push(placeOf(row));
    });
    const last = rows.at(-1);
    if (last === undefined) return damaged;
    after = placeOf(last);
    await clock.sleep(0);
  }
}

function convertOne(driver: Driver, envelope: Envelope, row: Row): boolean {
  const at = placeOf(row);
  try {
    const value = envelope.openRow(at, { sealed: row.sealed as Uint8Array, wrapped: null });
    putSealed(driver, at, envelope.sealRow(at, value));
    value.wipe();
    return true;
  } catch (error) {
    if (asFailure(error).code !== 'secret.damaged') throw error;
    return false;
  }
}

async function rewrapAll(driver: Driver, to: Envelope, clock: Clock): Promise<Rewrap> {
  const all: Rewrap = { done: [], damaged: [] };
  for (let after = start; ; ) {
    const rows = driver
      .all(
        `SELECT owner, name, wrapped FROM secret_keys WHERE (owner, name) > (?, ?) ORDER BY owner, name LIMIT ?`,
        [after.owner, after.name, slice.keys],
      )
      .map(keyRow);
    const { done, damaged } = rewrap(to, rows);
    all.done.push(...done);
    all.damaged.push(...damaged);
    const last = rows.at(-1);
    if (last === undefined) return all;
    after = last;
    await clock.sleep(0);
  }
}

function rewrap(to: Envelope, rows: readonly KeyRow[]): Rewrap {
  const all: Rewrap = { done: [], damaged: [] };
  for (const row of rows) {
    const fresh = to.rewrap(row);
    if (fresh === null) all.damaged.push(row);
    else all.done.push({ row, fresh });
  }
  return all;
}

async function writeAll(
  driver: Driver,
  all: readonly Rewrapped[],
  clock: Clock,
  goOn: GoOn,
): Promise<boolean> {
  for (let from = 0; from < all.length; from += slice.keys) {
    if (!goOn()) return false;
    driver.transaction(() => write(driver, all.slice(from, from + slice.keys)));
    await clock.sleep(0);
  }
  return true;
}

/** Those that the mark of the newest key tells from the others, which also finds what was stored while others were made ready. */
async function rewrapRest(driver: Driver, envelope: Envelope, clock: Clock, goOn: GoOn): Promise<boolean> {
  for (let after = start; ; ) {
    if (!goOn()) return false;
    const rows = driver
      .all(
        `SELECT owner, name, wrapped FROM secret_keys WHERE (owner, name) > (?, ?) AND substr(wrapped, 1, ?) <> ?
         ORDER BY owner, name LIMIT ?`,
        [after.owner, after.name, envelope.mark.length, envelope.mark, slice.keys],
      )
      .map(keyRow);
    const last = rows.at(-1);
    if (last === undefined) return true;
    driver.transaction(() => write(driver, rewrap(envelope, rows).done));
    after = last;
    await clock.sleep(0);
  }
}

/** A value that was stored anew meanwhile keeps its key. */
function write(driver: Driver, rewrapped: readonly Rewrapped[]): void {
  for (const { row, fresh } of rewrapped)
    driver.run('UPDATE secret_keys SET wrapped = ? WHERE owner = ? AND name = ? AND wrapped = ?', [
      fresh,
      row.owner,
      row.name,
      row.wrapped,
    ]);
}

/** What is stored now, and which of it was found damaged and not stored anew since. */
function count(driver: Driver, keyless: readonly SealContext[], damaged: readonly KeyRow[]): Resealed {
  const still = damaged.filter((row) => wrapOf(driver, row)?.equals(row.wrapped));
  const named = [...keyless.filter((one) => wrapOf(driver, one) === null), ...still];
  return { resealed: rowsOf(driver) - still.length, damaged: named.map((one) => nameOf(driver, one)) };
}

function rowsOf(driver: Driver): number {
  return Number(driver.get('SELECT count(*) AS n FROM secret_keys')?.n);
}

function wrapOf(driver: Driver, { owner, name }: SealContext): Buffer | null {
  const row = driver.get('SELECT wrapped FROM secret_keys WHERE owner = ? AND name = ?', [owner, name]);
  return row === undefined ? null : Buffer.from(row.wrapped as Uint8Array);
}

function nameOf(driver: Driver, { owner, name }: SealContext): string {
  return `"${name}" of ${ownerName(driver, owner)}`;
}

const start: SealContext = { owner: '', name: '' };

function placeOf(row: Row): SealContext {
  return { owner: String(row.owner), name: String(row.name) };
}

function keyRow(row: Row): KeyRow {
  return { ...placeOf(row), wrapped: row.wrapped as Uint8Array };
}
