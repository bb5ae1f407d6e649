import { Failure } from '#shared/failure.ts';
import { liveTaskStates, type Task } from '#shared/model/task.ts';
import { type Database, restoredNote, type TaskRow } from '../../database/database.ts';
import type { Step } from '../steps/step.ts';
import { tagOf } from '../steps/tag.ts';
import type { TaskEnds } from './ends.ts';
import type { TaskKinds } from './kinds.ts';
import { endedSteps, isLive, stepAt } from './step-rows.ts';

/**
 * At start of the agent: rows that say `running` were cut off. Steps that repeat or check first are queued again; one
 * that must not be repeated ends its task, for a person to look at, with all that follows an end. In the caller's
 * transaction.
 */
export function recoverTasks(database: Database, kinds: TaskKinds, ends: TaskEnds, now: number): void {
  for (const row of database.tasks.inStates(['running'])) {
    const next = recovered(row, stepAt(row, kinds.of(row.task)), now);
    database.tasks.update(next);
    if (!isLive(next.task)) ends.fromOutside(next);
  }
}

function recovered(row: TaskRow, step: Step | undefined, now: number): TaskRow {
  if (step?.ifInterrupted !== 'stop') return { ...row, task: { ...row.task, state: 'queued' } };
  const failure = new Failure(
    'task.interrupted',
    `The agent stopped during the step ${step.name}. It is not known whether the step took effect.`,
    {
      hint: 'Check the endpoint, then start the task again.',
    },
  ).toData();
  const steps = endedSteps(row.task.steps, failure, now);
  return {
    ...row,
    task: { ...row.task, state: 'failed', failure, finishedAt: now, restored: 'not-needed', steps },
  };
}

/**
 * At the first start with a database out of a backup: what was under way when that was made ends. The yes is as old as the
 * backup, the servers have gone on since, and the agent it was made on may be at work itself. In the caller's transaction.
 */
export function endRestored(database: Database, ends: TaskEnds, now: number): void {
  const madeAt = database.meta.get(restoredNote);
  if (madeAt === null) return;
  database.meta.remove(restoredNote);
  for (const row of database.tasks.inStates(liveTaskStates)) {
    const task = endedByRestore(row, Number(madeAt), now);
    const approval = database.approvals.ofTask(task.id);
    if (approval?.state === 'pending') database.approvals.update({ ...approval, state: 'superseded' });
    database.tasks.update({ ...row, task });
    ends.fromOutside({ ...row, task });
  }
}

/** One that was changing its endpoint is a person's to check: putting back what was kept would undo what came later. */
function endedByRestore({ task, memory }: TaskRow, madeAt: number, now: number): Task {
  const { changing } = memory;
  const from = new Date(madeAt).toISOString();
  const failure = new Failure(
    'task.restored',
    `This task was in progress when the backup of ${from} was created, and does not continue.`,
    {
      hint: `${changing ? 'It was changing the endpoint: check what is served there.' : 'Start the task again.'}${mayHaveLeft(task)}`,
    },
  ).toData();
  return {
    ...task,
    ...{ waitingFor: null, wakeAt: null, failure, finishedAt: now },
    state: changing ? 'failed' : 'cancelled',
    restored: changing ? 'failed' : 'not-needed',
    steps: endedSteps(task.steps, failure, now),
  };
}

/** Not removed automatically: the agent that the backup was made on may be at work with it. */
function mayHaveLeft({ id, steps }: Task): string {
  const began = (step: string): boolean =>
    steps.some(({ name, startedAt }) => name === step && startedAt !== null);
  return [
    ...(began('make-key') ? [` Files named .trustkeep-${tagOf({ id })} may be left on the endpoint.`] : []),
    ...(began('place-order') ? [' Challenge files and TXT records may be left.'] : []),
  ].join('');
}
