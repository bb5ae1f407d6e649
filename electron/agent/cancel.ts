import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../database/database.ts';
import type { Caller } from './caller.ts';
import type { TaskEnds } from './tasks/ends.ts';
import { endedSteps } from './tasks/step-rows.ts';

/** Refuses a task that cannot be cancelled now: `busy` when a step of it runs at this moment. */
export function refuseToCancel(row: TaskRow, busy: boolean): void {
  if (row.memory.changing)
    throw new Failure(
      'task.changing',
      'This task is changing its endpoint and cannot be cancelled now. If it fails, everything is restored.',
      row.task.waitingFor === 'endpoint-restart'
        ? { hint: `Restart the endpoint first: trustkeep tls restart ${endpointOf(row.task)}` }
        : {},
    );
  if (row.task.state === 'running' || busy)
    throw new Failure(
      'task.busy',
      'A step of this task is running. The task can be cancelled when the step is done.',
      { hint: 'Try again in a moment.' },
    );
}

const endpointOf = ({ subject }: Task): string => (subject.within ?? subject).name;

/** Ends the task, and whatever waits for a yes on its behalf, in one transaction. */
export function cancelled(
  { database, clock, ends }: { database: Database; clock: Clock; ends: TaskEnds },
  row: TaskRow,
  caller: Caller,
): Task {
  const failure = new Failure('task.cancelled', `Cancelled by ${caller.actor ?? caller.origin}.`).toData();
  const now = clock.now();
  const task: Task = {
    ...row.task,
    state: 'cancelled',
    waitingFor: null,
    wakeAt: null,
    failure,
    finishedAt: now,
    restored: 'not-needed',
    steps: endedSteps(row.task.steps, failure, now),
  };
  database.transaction(() => {
    const approval = database.approvals.ofTask(task.id);
    if (approval?.state === 'pending') database.approvals.update({ ...approval, state: 'superseded' });
    database.tasks.update({ ...row, task });
    ends.fromOutside({ ...row, task });
  });
  return task;
}
