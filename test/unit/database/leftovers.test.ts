import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { driverOf } from '../../../electron/database/sqlite-database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

test('What is left and cannot be read is told apart, and hides no other', () => {
  const { leftovers } = fixture.database;
  const kept = { snapshot: null, keyPath: '/etc/tls/.trustkeep-1.key.site.key' };
  const rest = {
    endpointId: 'ep_1',
    proofs: null,
    kept,
    since: now,
    attempts: 0,
    nextAt: now,
    because: null,
  };
  for (const taskId of ['task_1', 'task_2', 'task_3']) leftovers.put({ taskId, ...rest });
  driverOf(fixture.database).run("UPDATE leftovers SET content = '{' WHERE task_id = 'task_1'");
  driverOf(fixture.database).run("UPDATE leftovers SET content = '[]' WHERE task_id = 'task_2'");
  expect(leftovers.list('ep_1').map(({ taskId }) => taskId)).toEqual(['task_3']);
  expect(leftovers.damaged()).toEqual([
    { taskId: 'task_1', endpointId: 'ep_1' },
    { taskId: 'task_2', endpointId: 'ep_1' },
  ]);
  expect([leftovers.get('task_1'), leftovers.get('task_3')?.taskId]).toEqual([null, 'task_3']);
  leftovers.put({ taskId: 'task_1', ...rest });
  expect(leftovers.damaged()).toHaveLength(1);
});
