import { type Approval, type ApprovalState, approval } from '#shared/model/approval.ts';
import type { ApprovalRows } from './database.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, json, marks, mustAffect, reader, toJson, updateSql } from './rows.ts';

const read = reader('approvals', approval, (row) => ({
  id: row.id,
  taskId: row.task_id,
  plan: json(row.plan),
  state: row.state,
  decidedBy: row.decided_by,
  decidedOrigin: row.decided_origin,
  decidedAt: row.decided_at,
  comment: row.comment,
  createdAt: row.created_at,
}));

export class ApprovalRepository implements ApprovalRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Approval): void {
    const columns = columnsOf(value);
    this.#driver.run(insertSql('approvals', columns), columns);
  }

  update(value: Approval): void {
    const columns = columnsOf(value);
    mustAffect(this.#driver.run(updateSql('approvals', 'id', columns), columns), `approval ${value.id}`);
  }

  get(id: string): Approval | null {
    const row = this.#driver.get('SELECT * FROM approvals WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  ofTask(taskId: string): Approval | null {
    const row = this.#driver.get(
      'SELECT * FROM approvals WHERE task_id = ? ORDER BY created_at DESC, rowid DESC LIMIT 1',
      [taskId],
    );
    return row === undefined ? null : read(row);
  }

  list(states: readonly ApprovalState[] | undefined): Approval[] {
    const where = states === undefined ? '' : `WHERE state IN (${marks(states)})`;
    return this.#driver
      .all(`SELECT * FROM approvals ${where} ORDER BY created_at DESC, rowid DESC`, states ?? [])
      .map(read);
  }
}

function columnsOf(value: Approval): Columns {
  return {
    id: value.id,
    task_id: value.taskId,
    plan: toJson(value.plan),
    state: value.state,
    decided_by: value.decidedBy,
    decided_origin: value.decidedOrigin,
    decided_at: value.decidedAt,
    comment: value.comment,
    created_at: value.createdAt,
  };
}
