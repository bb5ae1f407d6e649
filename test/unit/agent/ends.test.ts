import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { Events } from '../../../electron/agent/events.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';
import { sealedKeyName } from '../../../electron/agent/steps/seal-request.ts';
import { TaskEnds } from '../../../electron/agent/tasks/ends.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

describe('the private key that the agent made for a task', () => {
  function leftAfter(end: Partial<Task>): string[] {
    const { database } = fixture;
    const clock = clockAt(now);
    const notifications = new Notifications(database, new Events(clock), clock);
    const row = aTask({ ...end, finishedAt: now });
    row.memory.input = { reason: 'request' };
    database.tasks.insert(row);
    database.secrets.put(row.task.id, sealedKeyName, Secret.of('a key'));
    new TaskEnds({ database, clock, notifications }, taskKinds).inTransaction(row);
    return database.secrets.list(row.task.id);
  }

  test.each([
    ['succeeded', null],
    ['cancelled', 'not-needed'],
    ['failed', 'not-needed'],
    ['failed', 'proved'],
  ] as const)('goes with a task that ends %s, restored: %s', (state, restored) => {
    expect(leftAfter({ state, restored })).toEqual([]);
  });

  test.each(['unproved', 'failed'] as const)('stays where the restore is %s', (restored) => {
    expect(leftAfter({ state: 'failed', restored })).toEqual([sealedKeyName]);
  });
});
