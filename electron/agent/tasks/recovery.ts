import { Failure } from '#shared/failure.ts';
import type { TaskStep } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { kinds } from './kinds.ts';

/**
 * At start of the agent: rows that say `running` were cut off. Steps that repeat or check first are queued again; one
 * that must not be repeated ends its task, for a person to look at. Gives the tasks it touched.
 */
export function recoverTasks(database: Database, now: number): TaskRow[] {
  return database.tasks.inStates(['running']).map((row) => {
    const next = recovered(row, now);
    database.tasks.update(next);
    return next;
  });
}

function recovered(row: TaskRow, now: number): TaskRow {
  const { forward, undo } = kinds[row.task.kind];
  const step = (row.memory.direction === 'forward' ? forward : undo)[row.memory.cursor];
  if (step?.ifInterrupted !== 'stop') return { ...row, task: { ...row.task, state: 'queued' } };
  const failure = new Failure(
    'task.interrupted',
    `The agent was ended during the step ${step.name}; whether it took effect is not known.`,
    {
      hint: 'Look at the endpoint, then start it again.',
    },
  ).toData();
  const steps = row.task.steps.map(
    (one): TaskStep => (one.name === step.name ? { ...one, state: 'failed', finishedAt: now, failure } : one),
  );
  return {
    ...row,
    task: { ...row.task, state: 'failed', failure, finishedAt: now, restored: 'not-needed', steps },
  };
}
