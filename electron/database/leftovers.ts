import { asFailure } from '#shared/failure.ts';
import { type Leftover, leftover } from '#shared/model/leftover.ts';
import type { Driver, Row } from './driver.ts';
import { insertSql, json, reader, replaceSql, toJson } from './rows.ts';

/** What tasks left behind, one row a task, until it is removed. */
export interface LeftoverRows {
  /** Inserts, or replaces what is there of the task. */
  put(leftover: Leftover): void;
  /** Null, too, for one that cannot be read. */
  get(taskId: string): Leftover | null;
  /** No error when it is gone. */
  remove(taskId: string): void;
  /** Those to be tried first, first; of one endpoint when it is given, else all. */
  list(endpointId?: string): Leftover[];
  /** Those that `list` leaves out, because they cannot be read. */
  damaged(): { taskId: string; endpointId: string }[];
  /** What waits is due now; null: that of all endpoints. */
  hurry(endpointId: string | null, now: number): void;
}

const read = reader('leftovers', leftover, (row) => ({
  ...(json(row.content) as Record<string, unknown>),
  taskId: row.task_id,
  endpointId: row.endpoint_id,
  since: row.since,
  attempts: row.attempts,
  nextAt: row.next_at,
  because: row.because,
}));

/** One row that was damaged must not keep the others from being removed, nor an endpoint from being shown. */
function readable(row: Row): Leftover | null {
  try {
    return read(row);
  } catch (error) {
    if (asFailure(error).code !== 'database.row-damaged') throw error;
    return null;
  }
}

export class LeftoverRepository implements LeftoverRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  put({ taskId, endpointId, proofs, kept, since, attempts, nextAt, because }: Leftover): void {
    const columns = {
      task_id: taskId,
      endpoint_id: endpointId,
      content: toJson({ proofs, kept }),
      ...{ since, attempts, next_at: nextAt, because },
    };
    this.#driver.run(
      `${insertSql('leftovers', columns)} ON CONFLICT (task_id) DO UPDATE SET ${replaceSql(columns, ['task_id'])}`,
      columns,
    );
  }

  get(taskId: string): Leftover | null {
    const row = this.#driver.get('SELECT * FROM leftovers WHERE task_id = ?', [taskId]);
    return row === undefined ? null : readable(row);
  }

  remove(taskId: string): void {
    this.#driver.run('DELETE FROM leftovers WHERE task_id = ?', [taskId]);
  }

  list(endpointId?: string): Leftover[] {
    const where = endpointId === undefined ? '' : 'WHERE endpoint_id = ?';
    return this.#driver
      .all(
        `SELECT * FROM leftovers ${where} ORDER BY next_at, since, task_id`,
        endpointId === undefined ? [] : [endpointId],
      )
      .flatMap((row) => readable(row) ?? []);
  }

  damaged(): { taskId: string; endpointId: string }[] {
    return this.#driver
      .all('SELECT * FROM leftovers ORDER BY task_id')
      .filter((row) => readable(row) === null)
      .map((row) => ({ taskId: String(row.task_id), endpointId: String(row.endpoint_id) }));
  }

  hurry(endpointId: string | null, now: number): void {
    this.#driver.run(
      'UPDATE leftovers SET next_at = @now WHERE next_at > @now AND (@id IS NULL OR endpoint_id = @id)',
      { now, id: endpointId },
    );
  }
}
