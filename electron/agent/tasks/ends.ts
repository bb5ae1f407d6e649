import { newId } from '#kit/ids.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { TaskRow } from '../../database/database.ts';
import { leave } from '../steps/leave.ts';
import type { TaskKinds } from './kinds.ts';
import { isSuccess } from './step-rows.ts';
import type { EndTools } from './task-kind.ts';

const restores = {
  proved: ' The previous state is back, and that is proved.',
  unproved: ' The previous state was restored, but that is not proved.',
  failed: ' The previous state could not be restored.',
};

/** For the audit: what was done where, and how it ended. */
function endSentence({ subject, state, failure, restored }: Task, title: string, ok: boolean): string {
  const end = ok ? 'done.' : (failure?.sentence ?? `${state}.`);
  const back = restored === null || restored === 'not-needed' ? '' : restores[restored];
  return `${title} ${placeOf(subject)}: ${end}${back}`;
}

/**
 * What follows when a task ends: audit row, notification, whatever its kind says, and the result that is owed when a
 * server asked for it.
 */
export class TaskEnds {
  readonly #tools: EndTools;
  readonly #kinds: TaskKinds;

  constructor(tools: EndTools, kinds: TaskKinds) {
    this.#tools = tools;
    this.#kinds = kinds;
  }

  /** One that ends where it is not driven, and leaves what it left: that is noted, to be cleared up from then on. */
  fromOutside(row: TaskRow): void {
    const { database, clock } = this.#tools;
    const left = this.#kinds.of(row.task).leaves(row, database);
    if (left !== null) leave({ database, now: clock.now(), task: row.task, left, because: null });
    this.inTransaction(row);
  }

  /** Once per task, in the transaction that ends it; `row` is the task as it ends. */
  inTransaction(row: TaskRow): void {
    const { task } = row;
    const kind = this.#kinds.of(task);
    if (!kind.isRoutine(task)) this.#audit(task, kind.title);
    const draft = kind.notification(task);
    if (draft !== null) this.#tools.notifications.notify(draft);
    kind.ended(row, this.#tools);
    if (task.origin === 'server') this.#owe(task);
  }

  #owe({ id: taskId, kind, subject, state, failure, restored, actor, outsideId }: Task): void {
    const { database, clock } = this.#tools;
    const result = { taskId, kind, subject, state, failure, restored, server: actor, outsideId };
    database.outbox.insert({ ...result, id: newId('out'), at: clock.now() });
  }

  #audit(task: Task, title: string): void {
    const { database, clock } = this.#tools;
    const ok = isSuccess(task);
    database.audit.append({
      at: clock.now(),
      origin: 'agent',
      actor: null,
      action: `task.${task.state}`,
      subject: task.id,
      outcome: ok ? 'ok' : task.state === 'cancelled' ? 'refused' : 'failed',
      sentence: endSentence(task, title, ok),
    });
  }
}
