import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { asFailure, type Failure, isAboutConnection } from '#shared/failure.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import type { Outcome, Step, StepTools } from '../steps/step.ts';
import type { TaskKinds } from './kinds.ts';
import { withLogIn } from './open-tools.ts';
import { waitBefore } from './retry.ts';
import { stepContext } from './step-context.ts';
import { isLive, stepAt, stepOf } from './step-rows.ts';
import {
  begun,
  type Change,
  changed,
  counted,
  type DoneOutcome,
  done,
  ended,
  finished,
  undoing,
  waiting,
} from './transitions.ts';

interface RunnerParts {
  database: Database;
  clock: Clock;
  log: Log;
  kinds: TaskKinds;
  /** Tools for one drive of one task; `end` closes what was opened. */
  openTools(task: Task, signal: AbortSignal): { tools: StepTools; end(): Promise<void> };
  /** Called after each stored change of a task, outside any transaction. */
  changed(task: Task): void;
  /** Called once, when a task ends, in the transaction that ends it. */
  ended(row: TaskRow): void;
  /** Removes what a task that ends without success left. Gives what is stored with its end of what is left. Never rejects. */
  clearUp(row: TaskRow, tools: StepTools): Promise<() => void>;
}

/** What is next: a step that was stored as running with the end of the one before it, one that is yet to begin, or nothing. */
type Next = { begun: StepName | null } | null;

/**
 * Drives one task from where its row says it is until it ends or waits. The row is stored before and after each step, the
 * end of one together with the beginning of the next unless that is the first to change the endpoint, so a killed agent goes
 * on at the step it was in. Never rejects for what a step does.
 */
export class TaskRunner {
  readonly #parts: RunnerParts;
  /** What steps found of the seals of live tasks, by task. In memory alone: a stored row must not say it. */
  readonly #seen = new Map<string, Map<string, boolean>>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /**
   * `signal` cuts the running step off. `draining` lets it finish and begins no other, but for a task between its first change on an
   * endpoint and its proof, which goes on until it waits or ends.
   */
  async drive(taskId: string, signal: AbortSignal, draining: () => boolean): Promise<void> {
    const first = this.#parts.database.tasks.get(taskId);
    if (first === null || !isLive(first.task)) return;
    const { tools, end } = this.#parts.openTools(first.task, signal);
    const goesOn = (halfway: boolean): boolean => !signal.aborted && (halfway || !draining());
    const isHalfway = (): boolean => this.#parts.database.tasks.get(taskId)?.memory.changing === true;
    try {
      // each step is what the row says it is
      for (let next: Next = { begun: null }; next !== null && goesOn(isHalfway()); )
        next = await this.#oneStep(taskId, next.begun, tools, goesOn);
    } finally {
      await end();
    }
  }

  async #oneStep(
    taskId: string,
    begunAlready: StepName | null,
    tools: StepTools,
    goesOn: (halfway: boolean) => boolean,
  ): Promise<Next> {
    const row = this.#parts.database.tasks.get(taskId);
    if (row === null || !isLive(row.task)) return null;
    const step = stepAt(row, this.#parts.kinds.of(row.task));
    if (step === undefined) return this.#finish(row);
    const now = this.#parts.clock.now();
    const running = begunAlready === step.name ? row : this.#store(row, begun(row, step, now));
    const outcome = await this.#run(step, running, tools);
    if (tools.signal.aborted) return null; // stopping: the row says `running`, the next start repeats the step
    if (outcome.kind === 'done' || outcome.kind === 'done-with-warning')
      return this.#done(running, step, outcome, goesOn);
    const refused = outcome.kind === 'failed' && outcome.untouched === true;
    const from = refused ? { ...running, memory: row.memory } : running;
    return (await this.#apply(from, step, outcome, tools)) ? { begun: null } : null;
  }

  async #run(
    step: Step,
    row: TaskRow,
    tools: StepTools,
  ): Promise<Outcome | { kind: 'threw'; failure: Failure }> {
    try {
      const context = stepContext(this.#parts.database, row, this.#seenOf(row.task), tools);
      return withLogIn(await step.run(context), tools.takeLogIn());
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'internal')
        this.#parts.log.error('a step failed unexpectedly', {
          task: row.task.id,
          step: step.name,
          error: thrown,
        });
      if (isAboutConnection(failure)) await tools.dropConnection();
      return { kind: 'threw', failure };
    }
  }

  #seenOf({ id }: Task): Map<string, boolean> {
    const seen = this.#seen.get(id) ?? new Map<string, boolean>();
    this.#seen.set(id, seen);
    return seen;
  }

  /** True when there is a next step to run now. */
  async #apply(
    row: TaskRow,
    step: Step,
    outcome: Exclude<Outcome, DoneOutcome> | { kind: 'threw'; failure: Failure },
    tools: StepTools,
  ): Promise<boolean> {
    switch (outcome.kind) {
      case 'wait':
        this.#store(
          row,
          waiting(row, step, outcome.waitingFor, outcome.until, outcome.sentence),
          outcome.store,
        );
        return false;
      case 'threw':
        return this.#threw(row, step, outcome.failure, tools);
      case 'failed':
        return this.#failed(row, step, outcome.failure, tools, outcome.store);
      case 'cancelled':
        await this.#end(row, step, 'cancelled', outcome.failure, tools, outcome.store);
        return false;
      default:
        return never(outcome);
    }
  }

  #done(row: TaskRow, step: Step, outcome: DoneOutcome, goesOn: (halfway: boolean) => boolean): Next {
    const now = this.#parts.clock.now();
    const after = changed(row, done(row, step, outcome, now));
    const next = stepAt(after, this.#parts.kinds.of(row.task));
    const firstChange = next?.changesEndpoint === true && !after.memory.changing;
    const begins = next !== undefined && !firstChange && goesOn(after.memory.changing);
    this.#store(after, begins ? begun(after, next, now) : { task: {} }, outcome.store);
    return { begun: begins ? next.name : null };
  }

  async #threw(row: TaskRow, step: Step, failure: Failure, tools: StepTools): Promise<boolean> {
    const now = this.#parts.clock.now();
    if (failure.about === 'keychain') {
      this.#store(row, waiting(row, step, 'keychain', null, failure.message));
      return false;
    }
    const attempt = stepOf(row.task.steps, step.name).attempt + 1;
    const tried = counted(row, step, attempt, failure);
    const again = waitBefore(step.retries, attempt, failure, now, step.keepTrying === true);
    if (again === null) return this.#failed(tried, step, failure, tools);
    const sentence = `${failure.message} Trying again in ${Math.ceil(again.afterMs / 1000)} s: ${again.because}.`;
    this.#store(tried, waiting(tried, step, 'back-off', now + again.afterMs, sentence));
    return false;
  }

  /** Nothing changed yet: the task ends. Something changed: everything is put back first. */
  async #failed(
    row: TaskRow,
    step: Step,
    failure: Failure,
    tools: StepTools,
    store?: () => void,
  ): Promise<boolean> {
    const kind = this.#parts.kinds.of(row.task);
    const back = row.memory.direction === 'undoing';
    if (!row.memory.changing || back || kind.undo.length === 0) {
      await this.#end(row, step, 'failed', failure, tools, store);
      return false;
    }
    this.#store(row, undoing(row, step, failure, kind, this.#parts.clock.now()), store);
    return true;
  }

  /** Clears up first: a task that says it ended leaves nothing behind but what is noted. */
  async #end(
    row: TaskRow,
    step: Step,
    state: 'failed' | 'cancelled',
    failure: Failure,
    tools: StepTools,
    store?: () => void,
  ): Promise<void> {
    const { clock, kinds } = this.#parts;
    const task = ended(row, step, state, failure, kinds.of(row.task), clock.now());
    const noteLeft = await this.#parts.clearUp({ ...row, task: { ...row.task, ...task } }, tools);
    const also = (): void => {
      store?.();
      noteLeft();
    };
    this.#store(row, { task: { ...task, finishedAt: clock.now() } }, also, true);
  }

  #finish(row: TaskRow): null {
    const { clock, kinds } = this.#parts;
    this.#store(row, finished(row, kinds.of(row.task), clock.now()), undefined, true);
    return null;
  }

  #store(row: TaskRow, change: Change, also?: () => void, ends = false): TaskRow {
    const next = changed(row, change);
    this.#parts.database.transaction(() => {
      also?.();
      this.#parts.database.tasks.update(next);
      if (ends) this.#parts.ended(next);
    });
    if (ends) this.#seen.delete(row.task.id);
    this.#parts.changed(next.task);
    return next;
  }
}
