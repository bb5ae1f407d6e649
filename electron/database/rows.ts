import type { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { Row, Value } from './driver.ts';
import { sqliteCode } from './sqlite-failure.ts';

/** Thrown by `json` and turned into `database.row-damaged` by the reader. */
class NotJson extends Error {}

/** Makes a function that turns a row into what the schema says, or says which row is damaged. */
export function reader<T>(
  table: string,
  schema: z.ZodType<T>,
  shape: (row: Row) => Record<string, unknown>,
): (row: Row) => T {
  return (row) => {
    let value: unknown;
    try {
      value = shape(row);
    } catch (error) {
      if (error instanceof NotJson) throw rowDamaged(table, row, error.message, error);
      throw error;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw rowDamaged(table, row, `${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
  };
}

function rowDamaged(table: string, row: Row, why: string, cause: unknown): Failure {
  const key = row.id ?? row.number ?? row.fingerprint ?? row.node_id ?? '?';
  return new Failure('database.row-damaged', `The row ${key} of ${table} cannot be read (${why}).`, {
    hint: 'Restore the database from a backup, or remove this entry and add it again.',
    cause,
  });
}

/** A JSON column read back; null stays null. */
export function json(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  try {
    return JSON.parse(String(value));
  } catch (error) {
    throw new NotJson('a part of it is not JSON', { cause: error });
  }
}

/** A value for a JSON column; null and undefined become NULL. */
export function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

export function bool(value: unknown): boolean {
  return value === 1;
}

export type Columns = Readonly<Record<string, Value>>;

export function insertSql(table: string, columns: Columns): string {
  const names = Object.keys(columns);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`;
}

/** Replaces every column but `key`, which finds the row. */
export function updateSql(table: string, key: string, columns: Columns): string {
  const sets = Object.keys(columns).filter((name) => name !== key);
  return `UPDATE ${table} SET ${sets.map((name) => `${name} = @${name}`).join(', ')} WHERE ${key} = @${key}`;
}

/** The `SET` part of an upsert: every column but these. */
export function replaceSql(columns: Columns, but: readonly string[]): string {
  return Object.keys(columns)
    .filter((name) => !but.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
}

/** For `IN (…)`: as many question marks as there are values. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** Runs a write; `failure` speaks for a value that is taken already. */
export function orTaken<T>(work: () => T, failure: () => Failure): T {
  try {
    return work();
  } catch (error) {
    if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(sqliteCode(error))) throw failure();
    throw error;
  }
}

/** An update or removal that met no row: the caller holds something that is gone. */
export function mustAffect(affected: number, what: string): void {
  if (affected > 0) return;
  throw new Failure('database.row-gone', `The ${what} no longer exists.`, {
    hint: 'It was removed in the meantime. Reload the list.',
  });
}
