import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { aTask } from '../../make/task-rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

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
    expect(db.tasks.live('certify', { kind: 'node', id: 'node_1' })?.id).toBe(first.task.id);
    db.tasks.update({ ...first, task: { ...first.task, state: 'succeeded', finishedAt: now } });
    expect(db.tasks.live('certify', { kind: 'node', id: 'node_1' })).toBeNull();
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

  test('One order of a server is one task, live or ended', () => {
    const first = aTask({ origin: 'server', actor: 'scm', outsideId: 'order-7' });
    db.tasks.insert(first);
    expect(() => db.tasks.insert(aTask({ nodeId: 'node_2', outsideId: 'order-7' }))).toThrow(
      expect.objectContaining({ code: 'task.already-live' }),
    );
    db.tasks.update({ ...first, task: { ...first.task, state: 'succeeded', finishedAt: now } });
    expect(db.tasks.ofOrder('order-7')).toEqual({ ...first.task, state: 'succeeded', finishedAt: now });
    expect(() => db.tasks.insert(aTask({ nodeId: 'node_2', outsideId: 'order-7' }))).toThrow();
    expect(db.tasks.ofOrder('order-8')).toBeNull();
  });

  test('A task is about anything that has a kind, an id and a name', () => {
    const subject = { kind: 'range', id: 'rng_1', name: '10.0.0.0/24', within: null } as const;
    const row = aTask({ subject });
    db.tasks.insert(row);
    expect(db.tasks.get(row.task.id)).toEqual(row);
    expect(db.tasks.live('certify', subject)).toEqual(row.task);
  });

  test('The list is of one subject when asked: by its id, its name, what it is within, or both names', () => {
    const shop = aTask({ nodeName: 'shop' });
    const blog = aTask({ nodeId: 'node_2', nodeName: 'blog', createdAt: now + 1 });
    const whole = aTask({ kind: 'restart', nodeId: null, createdAt: now + 2 });
    const other = aTask({ endpointId: 'ep_2', endpointName: 'mail', nodeId: 'node_3', nodeName: 'shop' });
    for (const row of [shop, blog, whole, other]) db.tasks.insert(row);
    const about = (text: string) => db.tasks.list({ about: text, limit: 9 }).map(({ id }) => id);
    expect(about('web')).toEqual([whole.task.id, blog.task.id, shop.task.id]);
    expect(about('ep_2')).toEqual([other.task.id]);
    expect(about('node_2')).toEqual([blog.task.id]);
    expect(about('web/shop')).toEqual([shop.task.id]);
    expect(about('shop').toSorted()).toEqual([shop.task.id, other.task.id].toSorted());
    expect(about('nowhere')).toEqual([]);
    expect(db.tasks.list({ about: 'web', states: ['failed'], limit: 9 })).toEqual([]);
  });
});
