import type { Clock } from '#kit/clock.ts';
import { asFailure } from '#shared/failure.ts';
import type { Leftover } from '#shared/model/leftover.ts';
import { groundOf, placeOf } from '#shared/model/subject.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { isOurs, leaveRest, leftoverSeal, postpone, say, saysNotOurs } from '../steps/leave.ts';
import type { StepTools } from '../steps/step.ts';
import { tagOf } from '../steps/tag.ts';
import type { TaskKinds } from './kinds.ts';
import type { TaskQueue } from './queue.ts';
import type { ClearedUp } from './task-kind.ts';

const longestNapMs = 60_000;
/** Another task is at work there. */
const busyMs = 5000;
/** After it nothing is tried any more: what was left is as good as gone, or a person's to remove. */
const longestMs = 30 * 24 * 60 * 60_000;

interface LeftoverParts {
  database: Database;
  clock: Clock;
  kinds: TaskKinds;
  queue: TaskQueue;
  openTools(task: TaskRow['task'], signal: AbortSignal): { tools: StepTools; end(): Promise<void> };
  /** What is left at this endpoint is another by now. */
  changed(endpointId: string): void;
}

/** Removes what tasks that have ended left behind, one endpoint at a time and never while a task works there. */
export class Leftovers {
  readonly #parts: LeftoverParts;

  constructor(parts: LeftoverParts) {
    this.#parts = parts;
  }

  /** Tries what is due. Gives the milliseconds until the next turn. */
  async turn(): Promise<number> {
    const { database, clock } = this.#parts;
    for (const one of database.leftovers.damaged())
      this.#drop(one, 'the note of what a task left there cannot be read');
    let nap = longestNapMs;
    for (const { taskId, nextAt } of database.leftovers.list()) {
      if (nextAt > clock.now()) return Math.min(nap, nextAt - clock.now());
      // one endpoint may be between two states for hours: the others are not made to wait for it
      if (!(await this.tryNow(taskId))) nap = busyMs;
    }
    return nap;
  }

  /** Tries what is left of one task. False: a task works there, or the agent is stopping. Never rejects for what it meets. */
  async tryNow(taskId: string): Promise<boolean> {
    const { database, queue } = this.#parts;
    const left = database.leftovers.get(taskId);
    const row = database.tasks.get(taskId);
    if (left === null) return true;
    if (row === null) {
      this.#drop(left, 'the task that left something there is no longer stored');
      return true;
    }
    const attempt = (signal: AbortSignal) => this.#attempt(left, row, signal);
    return (await queue.lend(groundOf(row.task.subject), taskId, attempt)) === 'done';
  }

  /** Whose task is not stored any more, or that cannot be read: as only someone who can write to the database makes it. */
  #drop({ taskId, endpointId }: Pick<Leftover, 'taskId' | 'endpointId'>, why: string): void {
    const { database, clock, changed } = this.#parts;
    const name = database.endpoints.get(endpointId)?.name ?? 'an endpoint that no longer exists';
    const sentence = `${name}: ${why}, so nothing was removed. Find out who can write to the database, and check for files named .trustkeep-${tagOf({ id: taskId })}.`;
    database.transaction(() => {
      forgetLeft(database, taskId);
      say(database, clock.now(), { id: taskId }, 'failed', sentence);
    });
    changed(endpointId);
  }

  async #attempt(left: Leftover, row: TaskRow, signal: AbortSignal): Promise<void> {
    const { database, clock, changed } = this.#parts;
    let ours: boolean;
    try {
      ours = isOurs(database, left);
    } catch (error) {
      const locked = asFailure(error);
      if (locked.about !== 'keychain') throw error;
      database.transaction(() =>
        postpone({ database, now: clock.now(), task: row.task, because: locked.message }, left),
      );
      changed(left.endpointId);
      return;
    }
    const cleared = ours
      ? await this.#clear(left, row, signal)
      : { left: null, because: null, gaveUp: saysNotOurs(row.task) };
    if (signal.aborted) return; // the next start tries again
    database.transaction(() => this.#note(left, row, cleared, clock.now()));
    changed(left.endpointId);
  }

  async #clear({ proofs, kept }: Leftover, row: TaskRow, signal: AbortSignal): Promise<ClearedUp> {
    const { kinds, openTools } = this.#parts;
    const { tools, end } = openTools(row.task, signal);
    try {
      return await kinds.of(row.task).clearLeft({ proofs, kept }, row.task, tools);
    } finally {
      await end();
    }
  }

  #note(before: Leftover, { task }: TaskRow, { left, because, gaveUp }: ClearedUp, now: number): void {
    const { database } = this.#parts;
    if (gaveUp !== null) say(database, now, task, 'failed', `${placeOf(task.subject)}: ${gaveUp}`);
    const tooLong = now - before.since > longestMs;
    if (left !== null && because !== null && !tooLong) {
      leaveRest({ database, now, task, left, because }, before);
      return;
    }
    forgetLeft(database, task.id);
    // what others left there may go by now, too
    if (left === null && gaveUp === null) database.leftovers.hurry(before.endpointId, now);
    if (left !== null)
      say(database, now, task, 'failed', `Cleaning up ${placeOf(task.subject)} was given up: ${because}`);
    else if (gaveUp === null && before.attempts > 0)
      say(database, now, task, 'ok', `What an ended task left of ${placeOf(task.subject)} was removed.`);
  }
}

function forgetLeft(database: Database, taskId: string): void {
  database.leftovers.remove(taskId);
  leftoverSeal.forget(database, taskId);
}
