import type { FailureData } from '#shared/failure.ts';
import type { StepName, Task, TaskStep } from '#shared/model/task.ts';
import type { TaskRow } from '../../database/database.ts';
import type { Step } from '../steps/step.ts';
import { freshStep } from './kinds.ts';
import type { KindOfTask } from './task-kind.ts';

export function isLive(task: Task): boolean {
  return task.state === 'queued' || task.state === 'running' || task.state === 'waiting';
}

export function isSuccess(task: Task): boolean {
  return task.state === 'succeeded' || task.state === 'succeeded-with-warnings';
}

/** The last step of undoing is its proof. Where nothing answered before the change, no handshake could say more. */
export function isProof(step: Step, { undo }: KindOfTask): boolean {
  return step === undo.at(-1);
}

export function provedBack(steps: readonly TaskStep[], { undo }: KindOfTask): 'proved' | 'unproved' {
  const proof = undo.at(-1);
  return proof !== undefined && stepOf(steps, proof.name).state === 'done' ? 'proved' : 'unproved';
}

export function stepAt({ memory }: TaskRow, { forward, undo }: KindOfTask): Step | undefined {
  return (memory.direction === 'forward' ? forward : undo)[memory.cursor];
}

export function stepOf(steps: readonly TaskStep[], name: StepName): TaskStep {
  return steps.find((step) => step.name === name) ?? freshStep(name);
}

export function withStep(
  steps: readonly TaskStep[],
  name: StepName,
  change: (step: TaskStep) => TaskStep,
): TaskStep[] {
  return steps.map((step) => (step.name === name ? change(step) : step));
}

/** The steps of a task that is ended from outside: the one in progress failed because of that, those not begun are skipped. */
export function endedSteps(steps: readonly TaskStep[], failure: FailureData, now: number): TaskStep[] {
  return steps.map((one) => {
    switch (one.state) {
      case 'running':
      case 'waiting':
        return { ...one, state: 'failed', finishedAt: now, sentence: failure.sentence, failure };
      case 'to-do':
        return { ...one, state: 'skipped' };
      default:
        return one;
    }
  });
}
