import { type OwedResult, owedResult } from '#shared/model/owed-result.ts';
import type { Driver } from './driver.ts';
import { insertSql, json, reader, toJson } from './rows.ts';

/** Results owed to servers, until each is acknowledged. */
export interface OutboxRows {
  insert(result: OwedResult): void;
  get(id: string): OwedResult | null;
  /** No error when it is gone. */
  remove(id: string): void;
  /** Oldest first; of one server when it is given (null: of those without a name), else all. */
  list(filter: { server?: string | null | undefined; limit: number }): OwedResult[];
}

const read = reader('outbox', owedResult, (row) => json(row.result) as Record<string, unknown>);

export class OutboxRepository implements OutboxRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(result: OwedResult): void {
    const { id, server, taskId, at } = result;
    const columns = { id, server, task_id: taskId, result: toJson(result), at };
    this.#driver.run(insertSql('outbox', columns), columns);
  }

  get(id: string): OwedResult | null {
    const row = this.#driver.get('SELECT result FROM outbox WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  remove(id: string): void {
    this.#driver.run('DELETE FROM outbox WHERE id = ?', [id]);
  }

  list({ server, limit }: { server?: string | null | undefined; limit: number }): OwedResult[] {
    const where = server === undefined ? '' : 'WHERE server IS ?';
    return this.#driver
      .all(`SELECT result FROM outbox ${where} ORDER BY at, rowid LIMIT ?`, [
        ...(server === undefined ? [] : [server]),
        limit,
      ])
      .map(read);
  }
}
