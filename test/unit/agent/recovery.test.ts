import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { Task } from '#shared/model/task.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { Events } from '../../../electron/agent/events.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';
import type { AgentParts } from '../../../electron/agent/parts.ts';
import { TaskDesk } from '../../../electron/agent/tasks/desk.ts';
import { freshStep } from '../../../electron/agent/tasks/kinds.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

/** What a start finds of a restart that was cut off while it ran. */
async function cutOff(change: Partial<Task>): Promise<Task> {
  const { database } = fixture;
  const clock = new JumpingClock();
  const steps = [{ ...freshStep('restart'), state: 'running' as const, startedAt: now }];
  const row = aTask({ kind: 'restart', nodeId: null, state: 'running', steps, ...change });
  database.tasks.insert(row);
  const notifications = new Notifications(database, new Events(clock), clock);
  const parts = { database, clock, log: silentLog, settings: () => ({ proof_seconds: 1 }) };
  const desk = new TaskDesk({
    ...{ parts: parts as unknown as AgentParts, kinds: taskKinds, notifications, changed: () => {} },
  });
  desk.start();
  await desk.stop(0);
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
    expect(database.notifications.list(10)).toMatchObject([{ taskId: id, level: 'attention' }]);
    expect(database.outbox.list({ limit: 10 })).toEqual([]);
  });

  test('is a result that is owed to the server that asked for it', async () => {
    const { id } = await cutOff({ origin: 'server', actor: 'scm', outsideId: 'order-7' });
    expect(fixture.database.outbox.list({ limit: 10 })).toMatchObject([
      { taskId: id, server: 'scm', outsideId: 'order-7', failure: { code: 'task.interrupted' } },
    ]);
  });
});
