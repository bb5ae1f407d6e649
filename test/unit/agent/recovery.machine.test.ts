import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { startOnce } from '#test/make/start-once.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { TaskEnds } from '../../../electron/agent/tasks/ends.ts';
import { freshStep } from '../../../electron/agent/tasks/kinds.ts';
import { recoverTasks } from '../../../electron/agent/tasks/recovery.ts';
import type { EndTools } from '../../../electron/agent/tasks/task-kind.ts';
import { restoredNote } from '../../../electron/database/database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

const start = () => startOnce(fixture.database);

/** What a start finds of a restart that was cut off while it ran. */
async function cutOff(change: Partial<Task>): Promise<Task> {
  const steps = [{ ...freshStep('restart'), state: 'running' as const, startedAt: now }];
  const row = aTask({ kind: 'restart', nodeId: null, state: 'running', steps, ...change });
  fixture.database.tasks.insert(row);
  await start();
  return row.task;
}

describe('a task that a start ends because it was cut off', () => {
  test('is told of in the audit and in a notification', async () => {
    const { id } = await cutOff({});
    const { database } = fixture;
    expect(database.tasks.get(id)?.task).toMatchObject({
      ...{ state: 'failed', failure: { code: 'task.interrupted' } },
      steps: [{ name: 'restart', state: 'failed' }],
    });
    expect(database.audit.list(undefined, 10)).toMatchObject([
      { action: 'task.failed', subject: id, outcome: 'failed' },
    ]);
    expect(database.notifications.list({ limit: 10 })).toMatchObject([{ taskId: id, level: 'attention' }]);
    expect(database.outbox.list({ limit: 10 })).toEqual([]);
  });

  test('is a result that is owed to the server that asked for it', async () => {
    const { id } = await cutOff({ origin: 'server', actor: 'scm', outsideId: 'order-7' });
    expect(fixture.database.outbox.list({ limit: 10 })).toMatchObject([
      { taskId: id, server: 'scm', outsideId: 'order-7', failure: { code: 'task.interrupted' } },
    ]);
  });
});

describe('the first start with a database out of a backup', () => {
  const day = 86_400_000;

  /** What a start finds of a task, as it was when the backup was made. */
  async function restored(given: { state?: Task['state']; changing: boolean }): Promise<Task | undefined> {
    const { database } = fixture;
    const begun = { ...freshStep('approve'), state: 'waiting' as const, startedAt: now - day };
    const steps = [begun, freshStep('make-key')];
    const row = aTask({ state: given.state ?? 'waiting', waitingFor: 'approval', steps });
    const memory = { ...row.memory, input: { reason: 'request' }, changing: given.changing };
    database.tasks.insert({ ...row, memory });
    database.approvals.insert(anApproval({ taskId: row.task.id }));
    database.meta.set(restoredNote, String(now - day));
    await start();
    return database.tasks.get(row.task.id)?.task;
  }

  test('ends what was in progress then: approvals are as old as the backup', async () => {
    const task = await restored({ changing: false });
    expect(task).toMatchObject({ state: 'cancelled', restored: 'not-needed', waitingFor: null });
    expect(task?.failure).toMatchObject({ code: 'task.restored', hint: 'Start the task again.' });
    expect(
      task?.steps.map(({ state }) => state),
      'none is in progress',
    ).toEqual(['failed', 'skipped']);
    const { database } = fixture;
    expect(database.approvals.ofTask(task?.id ?? '')?.state).toBe('superseded');
    expect(database.audit.list(undefined, 10)).toMatchObject([{ action: 'task.cancelled' }]);
  });

  test('puts nothing back of a task that was changing its endpoint, and says what to check', async () => {
    const task = await restored({ state: 'running', changing: true });
    expect(task).toMatchObject({ state: 'failed', restored: 'failed' });
    expect(task?.failure?.hint).toContain('check what is served there');
  });

  test('is the only one that does so: what is begun afterwards is kept over the next start', async () => {
    await restored({ changing: false });
    const later = aTask({ nodeId: 'node_2', state: 'waiting', waitingFor: 'approval' });
    fixture.database.tasks.insert(later);
    await start();
    expect(fixture.database.tasks.get(later.task.id)?.task).toEqual(later.task);
  });
});

test('A task whose input cannot be read ends as any other does, and keeps no start from it', async () => {
  const { database } = fixture;
  const cut = { ...freshStep('place-order'), state: 'running' as const, startedAt: now };
  const row = aTask({ state: 'running', steps: [cut] });
  database.tasks.insert({ ...row, memory: { ...row.memory, input: { reason: 17 } } });
  database.meta.set(restoredNote, String(now));
  await start();
  expect(database.tasks.get(row.task.id)?.task.state).toBe('cancelled');
});

test('A task that waits is as it was after any other start', async () => {
  const waiting = aTask({ state: 'waiting', waitingFor: 'approval' });
  fixture.database.tasks.insert(waiting);
  await start();
  expect(fixture.database.tasks.get(waiting.task.id)?.task).toEqual(waiting.task);
});

test('A step that may be repeated is repeated after it was cut off: its task does not end', async () => {
  const steps = [{ ...freshStep('plan'), state: 'running' as const, startedAt: now }];
  const row = aTask({ state: 'running', steps });
  const { database } = fixture;
  database.tasks.insert(row);
  recoverTasks(database, taskKinds, new TaskEnds({} as EndTools, taskKinds), now);
  expect(database.tasks.get(row.task.id)?.task).toEqual({ ...row.task, state: 'queued' });
});
