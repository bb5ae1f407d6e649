import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { Caller } from '../caller.ts';
import { cancelled, refuseToCancel } from '../cancel.ts';
import { type Decision, decide } from '../decide.ts';
import { findTask } from '../find.ts';
import type { Notifications } from '../notifications.ts';
import type { AgentParts } from '../parts.ts';
import { clearUpEnding } from './clear-up.ts';
import { TaskEnds } from './ends.ts';
import type { TaskKinds } from './kinds.ts';
import { Leftovers } from './leftovers.ts';
import { newTask } from './new-task.ts';
import { openTools } from './open-tools.ts';
import { TaskQueue } from './queue.ts';
import { endRestored, recoverTasks } from './recovery.ts';
import { TaskRunner } from './runner.ts';

interface DeskParts {
  parts: AgentParts;
  kinds: TaskKinds;
  notifications: Notifications;
  /** Called after each stored change of a task, outside any transaction. */
  changed(task: Task): void;
  /** What is left to clear up at this endpoint is another by now. */
  leftoversChanged(endpointId: string): void;
  /** Whether what no person began has to wait. Left out: never. */
  paused?: () => boolean;
}

/** The end of a pause wakes whatever waits for it. */
const pausedMs = 15 * 60_000;

/** Where tasks are begun, decided, cancelled and driven; knows no kind by name. */
export class TaskDesk {
  readonly #desk: DeskParts;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ends: TaskEnds;
  readonly #queue: TaskQueue;
  readonly #leftovers: Leftovers;

  constructor(desk: DeskParts) {
    const { parts, kinds, notifications } = desk;
    const { database, clock, log } = parts;
    this.#desk = desk;
    this.#database = database;
    this.#clock = clock;
    this.#ends = new TaskEnds({ database, clock, notifications }, kinds);
    const runner = new TaskRunner({
      database,
      clock,
      log,
      kinds,
      openTools: (task, signal) => openTools(parts, task, signal),
      changed: desk.changed,
      ended: (row) => this.#ends.inTransaction(row),
      clearUp: (row, tools) => clearUpEnding(kinds, row, tools),
    });
    const { paused = () => false } = desk;
    this.#queue = new TaskQueue({ database, runner, clock, log, kinds, paused });
    this.#leftovers = new Leftovers({
      ...{ database, clock, kinds, queue: this.#queue, changed: desk.leftoversChanged },
      openTools: (task, signal) => openTools(parts, task, signal),
    });
  }

  /** Recovers what was cut off, then drives what is due. Once. */
  start(): void {
    const now = this.#clock.now();
    this.#database.transaction(() => {
      endRestored(this.#database, this.#ends, now);
      recoverTasks(this.#database, this.#desk.kinds, this.#ends, now);
      this.#database.leftovers.hurry(null, now);
    });
    this.#queue.start();
  }

  /** Lets running steps and clearing up end within `graceMs`. */
  stop(graceMs: number): Promise<void> {
    return this.#queue.stop(graceMs);
  }

  /** One turn of clearing up what tasks left behind; nothing in a pause. Gives the milliseconds until the next. */
  async clearUp(): Promise<number> {
    return this.#desk.paused?.() ? pausedMs : this.#leftovers.turn();
  }

  /** Tasks that a worker is on now. */
  running(): Task[] {
    return this.#database.tasks
      .inStates(['running'])
      .map(({ task }) => task)
      .filter(({ id }) => this.#queue.runs(id));
  }

  /** Tasks that wait for the keychain try again; whatever is due is driven. */
  wake(): void {
    for (const row of this.#database.tasks.inStates(['waiting']))
      if (row.task.waitingFor === 'keychain')
        this.#database.tasks.update({ ...row, task: { ...row.task, wakeAt: this.#clock.now() } });
    this.#queue.pump();
  }

  begin(kind: TaskKind, subject: Subject, caller: Caller, given: Record<string, unknown>): Task {
    const { outsideId } = caller;
    const ordered = outsideId === undefined ? null : this.#database.tasks.ofOrder(outsideId);
    if (ordered !== null) return ordered;
    const definition = this.#desk.kinds.of({ kind });
    const live = this.#database.tasks.live(kind, subject);
    if (live !== null && definition.lease.second === 'the same task') return live;
    if (live !== null) throw alreadyLive(live);
    const input = definition.input.parse(given);
    const row = newTask(definition, subject, caller, input, this.#clock.now());
    this.#database.tasks.insert(row);
    this.#database.afterCommit(() => {
      this.#desk.changed(row.task);
      this.#queue.pump();
    });
    return row.task;
  }

  resume(taskId: string, more: Record<string, unknown>): Task {
    const { task, memory } = findTask(this.#database, taskId);
    const input = this.#desk.kinds.of(task).input.parse({ ...memory.input, ...more });
    const woken = { ...task, wakeAt: this.#clock.now() };
    this.#database.tasks.update({ task: woken, memory: { ...memory, input } });
    this.#database.afterCommit(() => this.#queue.pump());
    return woken;
  }

  cancel(taskId: string, caller: Caller): Task {
    const { changed } = this.#desk;
    const { log } = this.#desk.parts;
    const row = findTask(this.#database, taskId);
    if (row.task.finishedAt !== null) return row.task;
    refuseToCancel(row, this.#queue.runs(taskId));
    const task = cancelled({ database: this.#database, clock: this.#clock, ends: this.#ends }, row, caller);
    this.#database.afterCommit(() => {
      changed(task);
      this.#queue.pump(); // whoever waited for it
      void this.#leftovers.tryNow(task.id).catch((error: unknown) => {
        log.warn('clearing up after a cancelled task failed', { task: task.id, error });
      });
    });
    return task;
  }

  decide(decision: Omit<Decision, 'database' | 'clock'>): Approval {
    const decided = decide({ ...decision, database: this.#database, clock: this.#clock });
    this.#database.afterCommit(() => this.#queue.pump());
    return decided;
  }
}

function alreadyLive({ id, subject }: Task): Failure {
  return new Failure(
    'task.already-live',
    `A task of the same kind is already in progress for ${subject.name} (${id}).`,
    { hint: 'Check the steps of that task to see what it is waiting for.' },
  );
}
