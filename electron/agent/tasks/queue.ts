import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { groundOf } from '#shared/model/subject.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { groupOf } from '../steps/group.ts';
import type { TaskKinds } from './kinds.ts';
import type { TaskRunner } from './runner.ts';

const atOnce = 4;
/** A wall clock that jumps (sleep) must not leave a task waiting: the queue looks at least this often. */
const longestNapMs = 60_000;
/** After cutting off: for connections to close. */
const cutOffMs = 1000;

interface QueueParts {
  database: Database;
  runner: TaskRunner;
  clock: Clock;
  log: Log;
  kinds: TaskKinds;
  /** While it is true, nothing is driven that no person began, but for what has changed something. Left out: never. */
  paused?: () => boolean;
}

/**
 * The work loop. Runs queued tasks and waiting ones whose time has come, four at a time and one per endpoint (or whatever its
 * subject is within): that is the lease. It lives in memory because there is one agent per database, and a killed agent holds no lease.
 */
export class TaskQueue {
  readonly #database: Database;
  readonly #runner: TaskRunner;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #kinds: TaskKinds;
  /** Ground → the task that works on it now. */
  readonly #leases = new Map<string, { taskId: string; abort: AbortController; ended: Promise<unknown> }>();
  /** Tasks whose row could not be stored (a full disk), and when each is driven again. */
  readonly #brokenOff = new Map<string, number>();
  /** When each wait is over by the monotonic clock, as it was when it was first seen: the wall clock may be set back. */
  #waits = new Map<string, { wakeAt: number; over: number }>();
  readonly #paused: () => boolean;
  #timer: Timer | null = null;
  #stopped = true;

  constructor(parts: QueueParts) {
    this.#kinds = parts.kinds;
    this.#paused = parts.paused ?? (() => false);
    this.#database = parts.database;
    this.#runner = parts.runner;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  start(): void {
    this.#stopped = false;
    this.pump();
  }

  /** Starts what is due and sets the timer for what comes next. Cheap; call it whenever something may be due. */
  pump(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    const now = this.#clock.now();
    let next = now + longestNapMs;
    const rows = this.#database.tasks.inStates(['queued', 'waiting', 'running']);
    this.#measure(rows);
    const paused = this.#paused();
    const halfway = rows.filter(isHalfway);
    for (const row of rows) {
      if (paused && isAutomatic(row) && !isHalfway(row)) continue;
      const isBarred = halfway.some((other) => bars(other, row));
      if (isBarred && !isHalfway(row) && !this.#kinds.of(row.task).lease.onlyReads) continue;
      const due = this.runs(row.task.id) ? null : (this.#brokenOff.get(row.task.id) ?? this.#dueAt(row, now));
      if (due === null) continue;
      if (due > now) next = Math.min(next, due);
      else if (this.#leases.size < atOnce && !this.#leases.has(groundOf(row.task.subject))) this.#begin(row);
    }
    this.#timer = this.#clock.after(next - now, () => this.pump());
  }

  #measure(rows: readonly TaskRow[]): void {
    const [now, at] = [this.#clock.now(), this.#clock.monotonic()];
    const before = this.#waits;
    this.#waits = new Map();
    for (const { task } of rows) {
      const { id, wakeAt } = task;
      if (wakeAt === null) continue;
      const known = before.get(id);
      this.#waits.set(id, known?.wakeAt === wakeAt ? known : { wakeAt, over: at + wakeAt - now });
    }
  }

  /** Null: only an event wakes it. */
  #dueAt({ task }: TaskRow, now: number): number | null {
    if (task.state !== 'waiting') return 0;
    const wait = this.#waits.get(task.id);
    if (wait === undefined) return null;
    return Math.min(wait.wakeAt, now + wait.over - this.#clock.monotonic());
  }

  /** True while a worker is on this task. */
  runs(taskId: string): boolean {
    return [...this.#leases.values()].some((lease) => lease.taskId === taskId);
  }

  /**
   * Does `work` where no task works or left anything halfway, while none can begin there. `busy`, and nothing is done, where
   * one does, and before the start and after the stop. Rejects as `work` does. `stop` waits for it as for a step.
   */
  async lend(
    ground: string,
    taskId: string,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<'done' | 'busy'> {
    if (this.#stopped || this.#leases.has(ground)) return 'busy';
    const live = this.#database.tasks.inStates(liveTaskStates);
    if (live.some((row) => isHalfway(row) && groundOf(row.task.subject) === ground)) return 'busy';
    const abort = new AbortController();
    const ended = work(abort.signal).finally(() => {
      this.#leases.delete(ground);
      this.pump();
    });
    this.#leases.set(ground, { taskId, abort, ended: ended.catch(() => {}) });
    await ended;
    return 'done';
  }

  /** Lets running steps end within `graceMs`, then cuts them off; the next start repeats those. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    const leases = [...this.#leases.values()];
    const ended = Promise.all(leases.map((lease) => lease.ended));
    await this.#atMost(graceMs, ended);
    for (const lease of leases) lease.abort.abort(new Error('the agent is stopping'));
    await this.#atMost(cutOffMs, ended);
  }

  async #atMost(ms: number, work: Promise<unknown>): Promise<void> {
    const enough = new AbortController();
    await Promise.race([work, this.#clock.sleep(ms, enough.signal).catch(() => {})]);
    enough.abort();
  }

  #breakOff(taskId: string, error: unknown): void {
    this.#log.error('a task could not be driven', { task: taskId, error });
    this.#brokenOff.set(taskId, this.#clock.now() + longestNapMs);
  }

  #begin(row: TaskRow): void {
    const abort = new AbortController();
    const ended = this.#runner
      .drive(row.task.id, abort.signal, () => this.#stopped)
      .then(
        () => this.#brokenOff.delete(row.task.id),
        (error: unknown) => this.#breakOff(row.task.id, error),
      )
      .finally(() => {
        this.#leases.delete(groundOf(row.task.subject));
        this.pump();
      });
    this.#leases.set(groundOf(row.task.subject), { taskId: row.task.id, abort, ended });
  }
}

/** Between the first change and the proof, also while it waits to try again: nobody else may change that endpoint. */
const isHalfway = ({ memory }: TaskRow): boolean => memory.changing;

/** One that is halfway, for another there: those that install one certificate together let each other in. */
function bars(halfway: TaskRow, row: TaskRow): boolean {
  if (groundOf(halfway.task.subject) !== groundOf(row.task.subject)) return false;
  const group = groupOf(halfway);
  const isDone = 'prove' in halfway.memory.outputs;
  return group === undefined || group.id !== groupOf(row)?.id || !isDone;
}

/** Begun by the agent, or by the order of a server: not by a person. */
const isAutomatic = ({ task }: TaskRow): boolean => task.origin === 'agent' || task.origin === 'server';
