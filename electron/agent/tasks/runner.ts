import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import { asFailure, type Failure, isAboutConnection } from '#shared/failure.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import type { Database, TaskMemory, TaskRow } from '../../database/database.ts';
import type { Outcome, Step, StepTools } from '../steps/step.ts';
import { freshStep, type TaskKinds } from './kinds.ts';
import { withLogIn } from './open-tools.ts';
import { waitBefore } from './retry.ts';
import { stepContext } from './step-context.ts';
import { isLive, isProof, provedBack, stepAt, stepOf, withStep } from './step-rows.ts';

export interface RunnerParts {
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
  /** Removes what an ended, unfinished task left on its target. Best effort, never rejects. */
  clearUp(row: TaskRow, tools: StepTools): Promise<void>;
}

/**
 * Drives one task from where its row says it is until it ends or waits. The row is stored before and after each step,
 * so a killed agent goes on at the step it was in. Never rejects for what a step does.
 */
export class TaskRunner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** `signal` cuts the running step off; `draining` lets it finish and begins no other. */
  async drive(taskId: string, signal: AbortSignal, draining: () => boolean): Promise<void> {
    const first = this.#parts.database.tasks.get(taskId);
    if (first === null || !isLive(first.task)) return;
    const { tools, end } = this.#parts.openTools(first.task, signal);
    try {
      while (!signal.aborted && !draining() && (await this.#oneStep(taskId, tools))) {
        // the next step begins where the row says
      }
    } finally {
      await end();
    }
  }

  /** True when there is a next step to run now. */
  async #oneStep(taskId: string, tools: StepTools): Promise<boolean> {
    const row = this.#parts.database.tasks.get(taskId);
    if (row === null || !isLive(row.task)) return false;
    const step = stepAt(row, this.#parts.kinds.of(row.task));
    if (step === undefined) return this.#finish(row);
    const begun = this.#begin(row, step);
    const outcome = await this.#run(step, begun, tools);
    if (tools.signal.aborted) return false; // stopping: the row says `running`, the next start repeats the step
    return this.#apply(begun, step, outcome, tools);
  }

  #begin(row: TaskRow, step: Step): TaskRow {
    const { clock } = this.#parts;
    return this.#store(row, {
      memory: { ...row.memory, changing: row.memory.changing || step.changes === true },
      task: {
        state: 'running',
        waitingFor: null,
        wakeAt: null,
        steps: withStep(row.task.steps, step.name, (old) => ({
          ...old,
          state: 'running',
          startedAt: old.startedAt ?? clock.now(),
          failure: null,
        })),
      },
    });
  }

  async #run(
    step: Step,
    row: TaskRow,
    tools: StepTools,
  ): Promise<Outcome | { kind: 'threw'; failure: Failure }> {
    try {
      return withLogIn(await step.run(stepContext(this.#parts.database, row, tools)), tools.takeLogIn());
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'internal')
        this.#parts.log.error('a step failed unexpectedly', {
          task: row.task.id,
          step: step.name,
          error: thrown,
        });
      if (isAboutConnection(failure)) await tools.dropSession();
      return { kind: 'threw', failure };
    }
  }

  async #apply(
    row: TaskRow,
    step: Step,
    outcome: Outcome | { kind: 'threw'; failure: Failure },
    tools: StepTools,
  ): Promise<boolean> {
    switch (outcome.kind) {
      case 'done':
      case 'done-with-warning':
        return this.#done(row, step, outcome);
      case 'wait':
        this.#wait(row, step, outcome.waitingFor, outcome.until, outcome.sentence, outcome.store);
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

  #done(row: TaskRow, step: Step, outcome: Outcome & { kind: 'done' | 'done-with-warning' }): boolean {
    const { clock } = this.#parts;
    this.#store(
      row,
      {
        memory: {
          ...row.memory,
          cursor: row.memory.cursor + 1,
          outputs: { ...row.memory.outputs, [step.name]: outcome.output ?? {} },
        },
        task: {
          steps: withStep(row.task.steps, step.name, (old) => ({
            ...old,
            state: outcome.kind,
            finishedAt: clock.now(),
            sentence: outcome.sentence,
            failure: null,
          })),
        },
      },
      outcome.store,
    );
    return true;
  }

  #wait(
    row: TaskRow,
    step: Step,
    waitingFor: NonNullable<Task['waitingFor']>,
    until: number | null,
    sentence: string,
    store?: () => void,
  ): void {
    this.#store(
      row,
      {
        task: {
          state: 'waiting',
          waitingFor,
          wakeAt: until,
          steps: withStep(row.task.steps, step.name, (old) => ({ ...old, state: 'waiting', sentence })),
        },
      },
      store,
    );
  }

  async #threw(row: TaskRow, step: Step, failure: Failure, tools: StepTools): Promise<boolean> {
    const { clock } = this.#parts;
    if (failure.about === 'keychain') {
      this.#wait(row, step, 'keychain', null, failure.message);
      return false;
    }
    const attempt = stepOf(row.task.steps, step.name).attempt + 1;
    const counted = {
      ...row,
      task: {
        ...row.task,
        steps: withStep(row.task.steps, step.name, (old) => ({ ...old, attempt, failure: failure.toData() })),
      },
    };
    const again = waitBefore(step.retries, attempt, failure, clock.now(), step.keepTrying === true);
    if (again === null) return this.#failed(counted, step, failure, tools);
    const sentence = `${failure.message} Trying again in ${Math.ceil(again.afterMs / 1000)} s: ${again.because}.`;
    this.#wait(counted, step, 'back-off', clock.now() + again.afterMs, sentence);
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
    const { clock } = this.#parts;
    const undoing = row.memory.direction === 'undoing';
    const { undo } = this.#parts.kinds.of(row.task);
    if (!row.memory.changing || undoing || undo.length === 0) {
      await this.#end(row, step, 'failed', failure, tools, store);
      return false;
    }
    const failed = withStep(row.task.steps, step.name, (old) => ({
      ...old,
      state: 'failed',
      finishedAt: clock.now(),
      sentence: failure.message,
      failure: failure.toData(),
    }));
    const steps = failed.map((one): TaskStep => (one.state === 'to-do' ? { ...one, state: 'skipped' } : one));
    this.#store(
      row,
      {
        memory: { ...row.memory, direction: 'undoing', cursor: 0 },
        task: { failure: failure.toData(), steps: [...steps, ...undo.map((one) => freshStep(one.name))] },
      },
      store,
    );
    return true;
  }

  /** Clears up first: a task that says it ended leaves nothing behind. */
  async #end(
    row: TaskRow,
    step: Step,
    state: 'failed' | 'cancelled',
    failure: Failure,
    tools: StepTools,
    store?: () => void,
  ): Promise<void> {
    const { clock } = this.#parts;
    const undoing = row.memory.direction === 'undoing';
    const proving = isProof(step, this.#parts.kinds.of(row.task));
    const restored = undoing ? (proving ? 'unproved' : 'failed') : 'not-needed';
    const data = failure.toData();
    const steps = withStep(row.task.steps, step.name, (old) => ({
      ...old,
      state: 'failed',
      finishedAt: clock.now(),
      sentence: failure.message,
      failure: data,
    }));
    const task: Partial<Task> = {
      state,
      waitingFor: null,
      wakeAt: null,
      failure: undoing ? (row.task.failure ?? data) : data,
      restored,
      steps: steps.map((one): TaskStep => (one.state === 'to-do' ? { ...one, state: 'skipped' } : one)),
    };
    await this.#parts.clearUp({ ...row, task: { ...row.task, ...task } }, tools);
    this.#store(row, { task: { ...task, finishedAt: clock.now() } }, store, true);
  }

  /** All steps of the direction are done. */
  #finish(row: TaskRow): boolean {
    const { clock } = this.#parts;
    const undone = row.memory.direction === 'undoing';
    const warned = row.task.steps.some((step) => step.state === 'done-with-warning');
    this.#store(
      row,
      {
        task: {
          state: undone ? 'failed' : warned ? 'succeeded-with-warnings' : 'succeeded',
          restored: undone ? provedBack(row.task.steps, this.#parts.kinds.of(row.task)) : null,
          finishedAt: clock.now(),
          waitingFor: null,
          wakeAt: null,
        },
      },
      undefined,
      true,
    );
    return false;
  }

  #store(
    row: TaskRow,
    change: { task: Partial<Task>; memory?: TaskMemory },
    also?: () => void,
    ends = false,
  ): TaskRow {
    const next: TaskRow = { task: { ...row.task, ...change.task }, memory: change.memory ?? row.memory };
    this.#parts.database.transaction(() => {
      also?.();
      this.#parts.database.tasks.update(next);
      if (ends) this.#parts.ended(next);
    });
    this.#parts.changed(next.task);
    return next;
  }
}
