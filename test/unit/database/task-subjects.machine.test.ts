import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { Database } from '../../../electron/database/database.ts';
import { applicationId } from '../../../electron/database/header.ts';
import { migrate, migrations } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import { clockAt, now, readySealer } from '../../make/database.ts';
import { tempDirectory } from '../../make/directory.ts';

let directory: ReturnType<typeof tempDirectory>;
let database: Database | null = null;
beforeEach(() => {
  directory = tempDirectory('subjects');
});
afterEach(() => {
  database?.close();
  database = null;
  directory.remove();
});

interface OldTask {
  id: string;
  node_id: string | null;
  node_name: string | null;
  state?: string;
  more?: Record<string, string | number | null>;
}

/** What became of tasks of version 3, of the endpoint "web", in the order they were stored. */
function moved(tasks: readonly OldTask[]): Database {
  const path = `${directory.path}/trustkeep.db`;
  const driver = openDriver(path);
  migrate(driver, migrations.slice(0, 3));
  driver.pragma(`application_id = ${applicationId}`);
  for (const { more, ...task } of tasks) {
    const row: Record<string, string | number | null> = {
      ...{ kind: 'certify', endpoint_id: 'ep_1', endpoint_name: 'web', origin: 'cli', state: 'queued' },
      ...{ steps: '[]', waiting_for: null, wake_at: null, failure: null, restored: null, created_at: now },
      ...{ finished_at: null, ...task, ...more },
      memory: JSON.stringify({ input: {}, outputs: {}, changing: true, cursor: 3, direction: 'undoing' }),
    };
    const names = Object.keys(row);
    const values = names.map((name) => `:${name}`).join(', ');
    driver.run(`INSERT INTO tasks (${names.join(', ')}) VALUES (${values})`, row);
  }
  driver.close();
  database = openDatabase({ path, clock: clockAt(now), log: silentLog, sealer: readySealer() });
  return database;
}

describe('a task from before tasks had a subject', () => {
  const ofNode: OldTask = { id: 'task_1', node_id: 'node_1', node_name: 'shop' };
  const within = { kind: 'endpoint', id: 'ep_1', name: 'web' };

  test('of a node is about that node, within its endpoint, and keeps where it was', () => {
    const more = { state: 'waiting', waiting_for: 'back-off', wake_at: now + 5 };
    const row = moved([{ ...ofNode, more }]).tasks.get('task_1');
    expect(row?.task).toMatchObject({
      ...{ subject: { kind: 'node', id: 'node_1', name: 'shop', within }, actor: null, outsideId: null },
      ...{ state: 'waiting', waitingFor: 'back-off', wakeAt: now + 5, createdAt: now, finishedAt: null },
    });
    expect(row?.memory).toMatchObject({ changing: true, cursor: 3, direction: 'undoing' });
  });

  test('of a node without a name is called by its ID', () => {
    const { tasks } = moved([{ ...ofNode, node_name: null }]);
    expect(tasks.get('task_1')?.task.subject).toMatchObject({ kind: 'node', name: 'node_1' });
  });

  test('of an endpoint is about that endpoint, within nothing', () => {
    const { tasks } = moved([{ id: 'task_1', node_id: null, node_name: null, more: { kind: 'discover' } }]);
    expect(tasks.get('task_1')?.task.subject).toEqual({ ...within, within: null });
  });

  test('is still the one live task of its kind there, and found so', () => {
    const { tasks } = moved([ofNode]);
    const row = tasks.get('task_1');
    if (row === null) throw new Error('the task is gone');
    expect(tasks.live('certify', { kind: 'node', id: 'node_1' })?.id).toBe('task_1');
    expect(() => tasks.insert({ ...row, task: { ...row.task, id: 'task_2' } })).toThrow(
      expect.objectContaining({ code: 'task.already-live' }),
    );
  });

  test('comes in the order in which it was stored, also among those of the same millisecond', () => {
    const ids = ['task_9', 'task_1', 'task_5'];
    const { tasks } = moved(ids.map((id) => ({ id, node_id: `of_${id}`, node_name: null })));
    expect(tasks.inStates(['queued']).map(({ task }) => task.id)).toEqual(ids);
  });
});
