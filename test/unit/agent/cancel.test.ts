import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StepState } from '#shared/model/task.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';
import { cancelled, refuseToCancel } from '../../../electron/agent/cancel.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { Events } from '../../../electron/agent/events.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';
import { TaskEnds } from '../../../electron/agent/tasks/ends.ts';
import { freshStep } from '../../../electron/agent/tasks/kinds.ts';
import type { TaskRow } from '../../../electron/database/database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

function waiting(): TaskRow {
  const states: StepState[] = ['done', 'waiting', 'to-do'];
  const names = ['plan', 'approve', 'make-key'] as const;
  const steps = names.map((name, at) => ({ ...freshStep(name), state: states[at] ?? 'to-do' }));
  const row = aTask({ state: 'waiting', waitingFor: 'approval', steps });
  row.memory.input = { reason: 'request' };
  fixture.database.tasks.insert(row);
  fixture.database.approvals.insert(anApproval({ taskId: row.task.id }));
  return row;
}

describe('a task that is cancelled', () => {
  function cancel(row: TaskRow) {
    const { database } = fixture;
    const clock = clockAt(now);
    const notifications = new Notifications(database, new Events(clock), clock);
    const ends = new TaskEnds({ database, clock, notifications }, taskKinds);
    cancelled({ database, clock, ends }, row, { origin: 'cli', actor: 'bob' });
    return database.tasks.get(row.task.id)?.task;
  }

  test('waits for nothing any more, and neither does its approval', () => {
    const row = waiting();
    expect(cancel(row)).toMatchObject({
      ...{ state: 'cancelled', waitingFor: null, finishedAt: now, restored: 'not-needed' },
      failure: { code: 'task.cancelled', sentence: 'Cancelled by bob.' },
    });
    expect(fixture.database.approvals.ofTask(row.task.id)?.state).toBe('superseded');
  });

  test('shows no step in progress or still to come', () => {
    const task = cancel(waiting());
    expect(task?.steps.map(({ state }) => state)).toEqual(['done', 'failed', 'skipped']);
    expect(task?.steps[1]).toMatchObject({ finishedAt: now, sentence: 'Cancelled by bob.' });
  });
});

describe('cancelling is refused', () => {
  test('while the endpoint is being changed, also while that waits', () => {
    const row = waiting();
    expect(() => refuseToCancel({ ...row, memory: { ...row.memory, changing: true } }, false)).toThrow(
      expect.objectContaining({ code: 'task.changing' }),
    );
  });

  test('while a restart is required, and says what to do', () => {
    const row = waiting();
    const task = { ...row.task, waitingFor: 'endpoint-restart' as const };
    expect(() => refuseToCancel({ task, memory: { ...row.memory, changing: true } }, false)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('trustkeep tls restart ') }),
    );
  });

  test('while a step runs, whatever its row says', () => {
    const row = waiting();
    expect(() => refuseToCancel(row, true)).toThrow(expect.objectContaining({ code: 'task.busy' }));
    const running = { ...row, task: { ...row.task, state: 'running' as const } };
    expect(() => refuseToCancel(running, false)).toThrow(expect.objectContaining({ code: 'task.busy' }));
    refuseToCancel(row, false);
  });
});
