import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import { liveTaskStates, type Task, type TaskState, task } from '#shared/model/task.ts';
import type { TaskMemory, TaskRow, TaskRows } from './database.ts';
import type { Driver, Row } from './driver.ts';
import {
  type Columns,
  insertSql,
  json,
  marks,
  mustChange,
  orTaken,
  reader,
  toJson,
  updateSql,
} from './rows.ts';

const memory: z.ZodType<TaskMemory> = z.object({
  input: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  changing: z.boolean(),
  cursor: z.number().int(),
  direction: z.enum(['forward', 'undoing']),
});

const shown = `id, kind, endpoint_id, endpoint_name, node_id, node_name, origin, state, steps, waiting_for, wake_at,
  failure, restored, created_at, finished_at`;

const readTask = reader('tasks', task, (row) => ({
  id: row.id,
  kind: row.kind,
  endpointId: row.endpoint_id,
  endpointName: row.endpoint_name,
  nodeId: row.node_id,
  nodeName: row.node_name,
  origin: row.origin,
  state: row.state,
  steps: json(row.steps),
  waitingFor: row.waiting_for,
  wakeAt: row.wake_at,
  failure: json(row.failure),
  restored: row.restored,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
}));
const readMemory = reader('tasks', memory, (row) => json(row.memory) as Record<string, unknown>);
const read = (row: Row): TaskRow => ({ task: readTask(row), memory: readMemory(row) });

export class TaskRepository implements TaskRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(row: TaskRow): void {
    const columns = columnsOf(row);
    orTaken(
      () => this.#driver.run(insertSql('tasks', columns), columns),
      () => alreadyLive(row.task),
    );
  }

  update(row: TaskRow): void {
    const columns = columnsOf(row);
    const changes = orTaken(
      () => this.#driver.run(updateSql('tasks', 'id', columns), columns),
      () => alreadyLive(row.task),
    );
    mustChange(changes, `task ${row.task.id}`);
  }

  get(id: string): TaskRow | null {
    const row = this.#driver.get('SELECT * FROM tasks WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  live(kind: string, endpointId: string, nodeId: string | null): Task | null {
    const row = this.#driver.get(
      `SELECT ${shown} FROM tasks WHERE kind = ? AND endpoint_id = ? AND coalesce(node_id, '') = ?
       AND state IN (${marks(liveTaskStates)})`,
      [kind, endpointId, nodeId ?? '', ...liveTaskStates],
    );
    return row === undefined ? null : readTask(row);
  }

  inStates(states: readonly TaskState[]): TaskRow[] {
    return this.#driver
      .all(`SELECT * FROM tasks WHERE state IN (${marks(states)}) ORDER BY created_at, rowid`, states)
      .map(read);
  }

  list({ states, limit }: { states?: readonly TaskState[] | undefined; limit: number }): Task[] {
    const where = states === undefined ? '' : `WHERE state IN (${marks(states)})`;
    return this.#driver
      .all(`SELECT ${shown} FROM tasks ${where} ORDER BY created_at DESC, rowid DESC LIMIT ?`, [
        ...(states ?? []),
        limit,
      ])
      .map(readTask);
  }
}

function columnsOf({ task: value, memory }: TaskRow): Columns {
  return {
    id: value.id,
    kind: value.kind,
    endpoint_id: value.endpointId,
    endpoint_name: value.endpointName,
    node_id: value.nodeId,
    node_name: value.nodeName,
    origin: value.origin,
    state: value.state,
    steps: toJson(value.steps),
    waiting_for: value.waitingFor,
    wake_at: value.wakeAt,
    failure: toJson(value.failure),
    restored: value.restored,
    created_at: value.createdAt,
    finished_at: value.finishedAt,
    memory: toJson(memory),
  };
}

function alreadyLive(value: Task): Failure {
  const where = value.nodeName === null ? '' : ` node ${value.nodeName} of`;
  return new Failure(
    'task.already-live',
    `A task of this kind (${value.kind}) is already under way for${where} endpoint ${value.endpointName}.`,
    { hint: 'Wait until it has ended, or cancel it.', retry: 'later' },
  );
}
