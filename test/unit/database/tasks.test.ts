import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { aTask } from '../../make/rows.ts';
import { makeStore, now, type TestStore } from '../../make/store.ts';

let store: TestStore;
let db: Database;
beforeEach(() => {
  store = makeStore();
  db = store.database;
});
afterEach(() => store.remove());

describe('tasks', () => {
  test('A task and its memory come back as stored', () => {
    const row = aTask({
      state: 'waiting',
      waitingFor: 'authority',
      wakeAt: now + 5,
      steps: [
        {
          name: 'plan',
          state: 'done',
          attempt: 1,
          startedAt: 1,
          finishedAt: 2,
          sentence: 'Done.',
          failure: null,
        },
      ],
    });
    row.memory = {
      input: { a: [1] },
      outputs: { plan: { b: null } },
      changing: true,
      cursor: 3,
      direction: 'undoing',
    };
    db.tasks.insert(row);
    expect(db.tasks.get(row.task.id)).toEqual(row);
    expect(db.tasks.list({ limit: 5 })).toEqual([row.task]);
  });

  test('Two live tasks of one kind at one place are refused by name; ended ones do not count', () => {
    const first = aTask();
    db.tasks.insert(first);
    expect(() => db.tasks.insert(aTask({ state: 'waiting' }))).toThrow(
      expect.objectContaining({
        code: 'task.already-live',
        message: expect.stringContaining('endpoint web'),
      }),
    );
    db.tasks.insert(aTask({ kind: 'discover', nodeId: null, nodeName: null }));
    expect(() => db.tasks.insert(aTask({ kind: 'discover', nodeId: null, nodeName: null }))).toThrow(
      expect.objectContaining({ code: 'task.already-live' }),
    );
    db.tasks.insert(aTask({ nodeId: 'node_2' }));
    expect(db.tasks.live('certify', 'ep_1', 'node_1')?.id).toBe(first.task.id);
    db.tasks.update({ ...first, task: { ...first.task, state: 'succeeded', finishedAt: now } });
    expect(db.tasks.live('certify', 'ep_1', 'node_1')).toBeNull();
    db.tasks.insert(aTask());
  });

  test('Rows in given states come oldest first, the list newest first', () => {
    const rows = [3, 1, 2].map((at) =>
      aTask({ nodeId: `node_${at}`, createdAt: at, state: at === 2 ? 'failed' : 'running' }),
    );
    for (const row of rows) db.tasks.insert(row);
    expect(db.tasks.inStates(['running', 'queued']).map((row) => row.task.createdAt)).toEqual([1, 3]);
    expect(db.tasks.list({ limit: 2 }).map((task) => task.createdAt)).toEqual([3, 2]);
    expect(db.tasks.list({ states: ['failed'], limit: 9 }).map((task) => task.createdAt)).toEqual([2]);
    expect(db.tasks.inStates([])).toEqual([]);
  });
});
