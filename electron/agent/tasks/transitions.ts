import type { Failure } from '#shared/failure.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import type { TaskMemory, TaskRow } from '../../database/database.ts';
import type { Outcome, Step } from '../steps/step.ts';
import { freshStep } from './kinds.ts';
import { isProof, provedBack, withStep } from './step-rows.ts';
import type { KindOfTask } from './task-kind.ts';

/** What becomes of a task's row; pure. The states and their arrows are drawn in `shared/model/task.ts`. */
export interface Change {
  task: Partial<Task>;
  memory?: TaskMemory;
}

export const changed = (row: TaskRow, { task, memory = row.memory }: Change): TaskRow => ({
  task: { ...row.task, ...task },
  memory,
});

/** A step begins; from one that changes the endpoint on, a failure means restore. */
export function begun({ task, memory }: TaskRow, step: Step, now: number): Change {
  const steps = withStep(task.steps, step.name, (old) => ({
    ...old,
    state: 'running',
    startedAt: old.startedAt ?? now,
    failure: null,
  }));
  return {
    memory: { ...memory, changing: memory.changing || step.changesEndpoint === true },
    task: { state: 'running', waitingFor: null, wakeAt: null, steps },
  };
}

export type DoneOutcome = Outcome & { kind: 'done' | 'done-with-warning' };

/** A step is done, and what it leaves is kept for those after it. */
export function done(
  { task, memory }: TaskRow,
  step: Step,
  { kind: state, output, sentence }: DoneOutcome,
  now: number,
): Change {
  const steps = withStep(task.steps, step.name, (old) => ({
    ...old,
    state,
    finishedAt: now,
    sentence,
    failure: null,
  }));
  const outputs = { ...memory.outputs, [step.name]: output ?? {} };
  return { memory: { ...memory, cursor: memory.cursor + 1, outputs }, task: { steps } };
}

/** A step waits: until that time, or null for until something wakes it. */
export function waiting(
  { task }: TaskRow,
  step: Step,
  waitingFor: NonNullable<Task['waitingFor']>,
  until: number | null,
  sentence: string,
): Change {
  const steps = withStep(task.steps, step.name, (old) => ({ ...old, state: 'waiting', sentence }));
  return { task: { state: 'waiting', waitingFor, wakeAt: until, steps } };
}

/** The same row with one more failed attempt at the step. */
export function counted(row: TaskRow, step: Step, attempt: number, failure: Failure): TaskRow {
  const steps = withStep(row.task.steps, step.name, (old) => ({
    ...old,
    attempt,
    failure: failure.toData(),
  }));
  return { ...row, task: { ...row.task, steps } };
}

/** Something failed after a change: what is left is skipped, and the way back begins. */
export function undoing(
  { task, memory }: TaskRow,
  step: Step,
  failure: Failure,
  kind: KindOfTask,
  now: number,
): Change {
  const steps = skippedRest(failedAt(task.steps, step, failure, now));
  return {
    memory: { ...memory, direction: 'undoing', cursor: 0 },
    task: {
      failure: failure.toData(),
      steps: [...steps, ...kind.undo.map((one) => freshStep(one.name))],
    },
  };
}

/** The task ends without success; `finishedAt` is set when it is stored. */
export function ended(
  { task, memory }: TaskRow,
  step: Step,
  state: 'failed' | 'cancelled',
  failure: Failure,
  kind: KindOfTask,
  now: number,
): Partial<Task> {
  const back = memory.direction === 'undoing';
  const data = failure.toData();
  return {
    state,
    waitingFor: null,
    wakeAt: null,
    failure: back ? (task.failure ?? data) : data,
    restored: back ? (isProof(step, kind) ? 'unproved' : 'failed') : 'not-needed',
    steps: skippedRest(failedAt(task.steps, step, failure, now)),
  };
}

/** All steps of the direction are done. */
export function finished({ task, memory }: TaskRow, kind: KindOfTask, now: number): Change {
  const undone = memory.direction === 'undoing';
  const warned = task.steps.some((step) => step.state === 'done-with-warning');
  return {
    task: {
      state: undone ? 'failed' : warned ? 'succeeded-with-warnings' : 'succeeded',
      restored: undone ? provedBack(task.steps, kind) : null,
      finishedAt: now,
      waitingFor: null,
      wakeAt: null,
    },
  };
}

function failedAt(steps: readonly TaskStep[], step: Step, failure: Failure, now: number): TaskStep[] {
  return withStep(steps, step.name, (old) => ({
    ...old,
    state: 'failed',
    finishedAt: now,
    sentence: failure.message,
    failure: failure.toData(),
  }));
}

function skippedRest(steps: readonly TaskStep[]): TaskStep[] {
  return steps.map((one) => (one.state === 'to-do' ? { ...one, state: 'skipped' } : one));
}
