import { sqliteFailure } from './sqlite-failure.ts';

export type Value = string | number | bigint | Uint8Array | null;
type Params = readonly Value[] | Readonly<Record<string, Value>>;
export type Row = Record<string, unknown>;

/** The part of the SQLite library that is used. Only `open.ts` knows the library itself. */
export interface RawDatabase {
  prepare(sql: string): {
    get(...params: unknown[]): unknown;
    all(...params: unknown[]): unknown[];
    run(...params: unknown[]): { changes: number };
  };
  exec(sql: string): unknown;
  pragma(text: string, options: { simple: true }): unknown;
  readonly inTransaction: boolean;
  readonly open: boolean;
  close(): unknown;
}

/**
 * One connection. Statements are prepared once per text. What SQLite says is turned into `database.*` failures;
 * constraint errors pass as they are, for the repository that knows their meaning.
 */
export class Driver {
  readonly path: string;
  readonly #raw: RawDatabase;
  readonly #statements = new Map<string, ReturnType<RawDatabase['prepare']>>();
  #afterwards: (() => void)[] = [];

  constructor(path: string, raw: RawDatabase) {
    this.path = path;
    this.#raw = raw;
  }

  get(sql: string, params: Params = []): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(params) as Row | undefined);
  }

  all(sql: string, params: Params = []): Row[] {
    return this.#guard(() => this.#statement(sql).all(params) as Row[]);
  }

  /** Gives how many rows changed. */
  run(sql: string, params: Params = []): number {
    return this.#guard(() => this.#statement(sql).run(params).changes);
  }

  /** Several statements, without parameters. */
  exec(sql: string): void {
    this.#guard(() => this.#raw.exec(sql));
  }

  /** The first column of the first row. */
  pragma(text: string): unknown {
    return this.#guard(() => this.#raw.pragma(text, { simple: true }));
  }

  /** See `Database.transaction`. Immediate, because a deferred one fails when another writer comes between. */
  transaction<T>(work: () => T): T {
    if (this.#raw.inTransaction) return refusePromise(work());
    this.run('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = refusePromise(work());
      this.run('COMMIT');
    } catch (error) {
      this.#afterwards = [];
      this.#rollBack();
      throw error;
    }
    this.#doAfterwards();
    return result;
  }

  /** All of it, whatever one of them throws: what is committed is committed. */
  #doAfterwards(): void {
    const thrown: unknown[] = [];
    for (const next of this.#afterwards.splice(0)) {
      try {
        next();
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }

  /** See `Database.afterCommit`. */
  afterCommit(work: () => void): void {
    if (this.#raw.inTransaction) this.#afterwards.push(work);
    else work();
  }

  #rollBack(): void {
    if (!this.#raw.inTransaction) return; // a full disk makes SQLite do it by itself
    try {
      this.#raw.exec('ROLLBACK');
    } catch {
      // what went wrong first is what the caller should hear
    }
  }

  get isOpen(): boolean {
    return this.#raw.open;
  }

  close(): void {
    this.#raw.close();
  }

  #statement(sql: string): ReturnType<RawDatabase['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#raw.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteFailure(this.path, error);
    }
  }
}

function refusePromise<T>(result: T): T {
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  Promise.resolve(result).catch(() => {}); // its work is undone; the error below tells the programmer
  throw new TypeError('nothing asynchronous may happen inside a transaction');
}
