import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { Subject } from '#shared/model/subject.ts';
import { liveTaskStates, type Task, type TaskKind, type TaskState, task } from '#shared/model/task.ts';
import type { TaskFilter, TaskMemory, TaskRow, TaskRows } from './database.ts';
import type { Driver, Row, Value } from './driver.ts';
import {
  type Columns,
  insertSql,
  json,
  marks,
  mustAffect,
  orTaken,
  reader,
  toJson,
  updateSql,
} from './rows.ts';
import { byPerson, isOlder } from './wanted-rows.ts';

const memory: z.ZodType<TaskMemory> = z.object({
  input: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  changing: z.boolean(),
  cursor: z.number().int(),
  direction: z.enum(['forward', 'undoing']),
});

const shown = `id, kind, subject_kind, subject_id, subject_name, within_kind, within_id, within_name, origin, actor,
  outside_id, state, steps, waiting_for, wake_at, failure, restored, created_at, finished_at`;

/** By id or name of the subject or of what it is within, or by both names. */
const isAbout = `? IN (subject_id, within_id, subject_name, within_name, within_name || '/' || subject_name)`;

const isTheirs = `${byPerson} AND actor = ?`;

const readTask = reader('tasks', task, (row) => ({
  id: row.id,
  kind: row.kind,
  subject: {
    kind: row.subject_kind,
    id: row.subject_id,
    name: row.subject_name,
    within:
      row.within_id === null ? null : { kind: row.within_kind, id: row.within_id, name: row.within_name },
  },
  origin: row.origin,
  actor: row.actor,
  outsideId: row.outside_id,
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
    const affected = orTaken(
      () => this.#driver.run(updateSql('tasks', 'id', columns), columns),
      () => alreadyLive(row.task),
    );
    mustAffect(affected, `task ${row.task.id}`);
  }

  get(id: string): TaskRow | null {
    const row = this.#driver.get('SELECT * FROM tasks WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  live(kind: TaskKind, subject: Pick<Subject, 'kind' | 'id'>): Task | null {
    const row = this.#driver.get(
      `SELECT ${shown} FROM tasks WHERE kind = ? AND subject_kind = ? AND subject_id = ?
       AND state IN (${marks(liveTaskStates)})`,
      [kind, subject.kind, subject.id, ...liveTaskStates],
    );
    return row === undefined ? null : readTask(row);
  }

  ofOrder(outsideId: string): Task | null {
    const row = this.#driver.get(`SELECT ${shown} FROM tasks WHERE outside_id = ?`, [outsideId]);
    return row === undefined ? null : readTask(row);
  }

  ofGroup(groupId: string): TaskRow[] {
    const group = `iif(json_valid(memory), json_extract(memory, '$.input.group.id'), NULL)`; // as the index has it
    const order = `ORDER BY json_extract(memory, '$.input.group.position')`;
    return this.#driver
      .all(`SELECT * FROM tasks WHERE ${group} IS NOT NULL AND ${group} = ? ${order}`, [groupId])
      .map(read);
  }

  inStates(states: readonly TaskState[]): TaskRow[] {
    return this.#driver
      .all(`SELECT * FROM tasks WHERE state IN (${marks(states)}) ORDER BY created_at, rowid`, states)
      .map(read);
  }

  list({ states, about, by, olderThan, limit }: TaskFilter): Task[] {
    const wanted: [sql: string, values: readonly Value[]][] = [];
    if (states !== undefined) wanted.push([`state IN (${marks(states)})`, states]);
    if (about !== undefined) wanted.push([isAbout, [about]]);
    if (by !== undefined) wanted.push([isTheirs, [by]]);
    if (olderThan !== undefined) wanted.push([isOlder('tasks', 'created_at'), [olderThan]]);
    const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([sql]) => sql).join(' AND ')}`;
    return this.#driver
      .all(`SELECT ${shown} FROM tasks ${where} ORDER BY created_at DESC, rowid DESC LIMIT ?`, [
        ...wanted.flatMap(([, values]) => values),
        limit,
      ])
      .map(readTask);
  }

  count(by: string | null | undefined): { live: number; total: number } {
    const theirs = by === undefined ? '' : `AND ${isTheirs}`;
    // few are live: the index of persons would find all that are not, too
    const alsoTheirs = by === undefined ? '' : `AND +origin IN ('gui', 'cli') AND +actor = ?`;
    const given = by === undefined ? [] : [by];
    const row = this.#driver.get(
      `SELECT (SELECT count(*) FROM tasks WHERE true ${theirs}) AS total,
         (SELECT count(*) FROM tasks WHERE state IN (${marks(liveTaskStates)}) ${alsoTheirs}) AS live`,
      [...given, ...liveTaskStates, ...given],
    );
    return { live: Number(row?.live), total: Number(row?.total) };
  }
}

function columnsOf({ task: value, memory }: TaskRow): Columns {
  return {
    id: value.id,
    kind: value.kind,
    subject_kind: value.subject.kind,
    subject_id: value.subject.id,
    subject_name: value.subject.name,
    within_kind: value.subject.within?.kind ?? null,
    within_id: value.subject.within?.id ?? null,
    within_name: value.subject.within?.name ?? null,
    origin: value.origin,
    actor: value.actor,
    outside_id: value.outsideId,
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

function alreadyLive({ kind, subject }: Task): Failure {
  const whole = subject.within === null ? '' : ` of ${wordsOf(subject.within)}`;
  return new Failure(
    'task.already-live',
    `A task of this kind (${kind}) is already under way for ${wordsOf(subject)}${whole}.`,
    { hint: 'Wait until it has ended, or cancel it.', retry: 'later' },
  );
}

const wordsOf = ({ kind, name }: Pick<Subject, 'kind' | 'name'>): string =>
  `${kind.replaceAll('-', ' ')} ${name}`;
