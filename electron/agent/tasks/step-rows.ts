import type { StepName, Task, TaskStep } from '#shared/model/task.ts';
import type { TaskRow } from '../../database/database.ts';
import type { Step } from '../steps/step.ts';
import { freshStep, kinds } from './kinds.ts';

export function isLive(task: Task): boolean {
  return task.state === 'queued' || task.state === 'running' || task.state === 'waiting';
}

/** Where nothing answered before the change, the files are back and no handshake could say more. */
export function provedBack(steps: readonly TaskStep[]): 'proved' | 'unproved' {
  return stepOf(steps, 'prove-restore').state === 'done' ? 'proved' : 'unproved';
}

export function stepAt(row: TaskRow): Step | undefined {
  const { forward, undo } = kinds[row.task.kind];
  return (row.memory.direction === 'forward' ? forward : undo)[row.memory.cursor];
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
