import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import type { Envelope, SealContext } from '../secrets/envelope.ts';
import type { Resealed, SealedRows } from '../secrets/sealed-rows.ts';
import { resealAuditHead } from './audit.ts';
import type { Database } from './database.ts';
import type { Driver, Row } from './driver.ts';
import { ownerName } from './secret-owner.ts';
import { putSealed } from './secrets.ts';
import { driverOf } from './store.ts';

/** A turn of the loop is held up for some milliseconds by one of these. */
const slice = { keys: 1000, values: 50 };

type KeyRow = SealContext & { wrapped: Uint8Array };
interface Prepared {
  row: KeyRow;
  fresh: Buffer;
}

/** What a change of the store's key does to the rows of this database. */
export function sealedRowsOf(database: Database, clock: Clock, log: Log): SealedRows {
  const driver = driverOf(database);
  return {
    async prepare(from, to) {
      const keyless = await convertDirect(driver, from, clock);
      const prepared = await rewrapKeys(driver, from, to, clock);
      return () => {
        const { resealed, damaged } = change(driver, from, to, prepared);
        const still = keyless.filter((one) => !hasKey(driver, one)).map((one) => nameOf(driver, one));
        return { resealed, damaged: [...still, ...damaged] };
      };
    },
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

async function rewrapKeys(driver: Driver, from: Envelope, to: Envelope, clock: Clock): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (let after = start; ; ) {
    const rows = driver
      .all(
        `SELECT owner, name, wrapped FROM secret_keys WHERE (owner, name) > (?, ?) ORDER BY owner, name LIMIT ?`,
        [after.owner, after.name, slice.keys],
      )
      .map(keyRow);
    for (const [index, fresh] of from.rewrap(to, rows).entries()) {
      const row = rows[index];
      if (row !== undefined && fresh !== null) prepared.push({ row, fresh });
    }
    const last = rows.at(-1);
    if (last === undefined) return prepared;
    after = last;
    await clock.sleep(0);
  }
}

/** In the transaction. A row that was stored after it was prepared is found by the mark of the old key, and done here. */
function change(driver: Driver, from: Envelope, to: Envelope, prepared: readonly Prepared[]): Resealed {
  const update = (row: KeyRow, fresh: Buffer): number =>
    driver.run('UPDATE secret_keys SET wrapped = ? WHERE owner = ? AND name = ? AND wrapped = ?', [
      fresh,
      row.owner,
      row.name,
      row.wrapped,
    ]);
  let resealed = 0;
  for (const { row, fresh } of prepared) resealed += update(row, fresh);
  const rest = driver
    .all('SELECT owner, name, wrapped FROM secret_keys WHERE substr(wrapped, 1, ?) <> ?', [
      to.mark.length,
      to.mark,
    ])
    .map(keyRow);
  const damaged: SealContext[] = [];
  for (const [index, fresh] of from.rewrap(to, rest).entries()) {
    const row = rest[index];
    if (row === undefined) continue;
    if (fresh === null) damaged.push(row);
    else resealed += update(row, fresh);
  }
  resealAuditHead(driver, from, to);
  return { resealed, damaged: damaged.map((one) => nameOf(driver, one)) };
}

function hasKey(driver: Driver, { owner, name }: SealContext): boolean {
  return driver.get('SELECT 1 FROM secret_keys WHERE owner = ? AND name = ?', [owner, name]) !== undefined;
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
