import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { TaskQueue } from '../../../electron/agent/tasks/queue.ts';
import type { TaskRunner } from '../../../electron/agent/tasks/runner.ts';
import type { TaskRow } from '../../../electron/database/database.ts';

interface Driven {
  id: string;
  signal: AbortSignal;
  draining(): boolean;
  /** The task ends. */
  end(): void;
  /** Its row could not be stored. */
  breakOff(): void;
}

let fixture: TestDatabase;
let driven: Driven[];
let queue: TaskQueue;
let clock: JumpingClock;
const ids = () => driven.map(({ id }) => id);
/** What was to follow has followed. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  fixture = makeDatabase();
  driven = [];
  clock = new JumpingClock();
  const drive: TaskRunner['drive'] = (id, signal, draining) =>
    new Promise((resolve, reject) => {
      const breakOff = () => reject(new Error('the disk is full'));
      const end = () => {
        const row = fixture.database.tasks.get(id);
        if (row !== null)
          fixture.database.tasks.update({ ...row, task: { ...row.task, state: 'succeeded', finishedAt: 1 } });
        resolve();
      };
      driven.push({ id, signal, draining, end, breakOff });
      signal.addEventListener('abort', () => resolve());
    });
  const { database } = fixture;
  const runner = { drive } as unknown as TaskRunner;
  queue = new TaskQueue({ database, runner, clock, log: silentLog, kinds: taskKinds });
});
afterEach(async () => {
  await queue.stop(0);
  fixture.remove();
});

function queued(given: Parameters<typeof aTask>[0]): TaskRow {
  const row = aTask(given);
  fixture.database.tasks.insert(row);
  return row;
}
const onServer = (server: number, node = 1) =>
  queued({ endpointId: `ep_${server}`, nodeId: `node_${server}_${node}` }).task.id;

describe('the queue', () => {
  test('runs one task per endpoint, and the next one as soon as that has ended', async () => {
    const [first, second] = [onServer(1, 1), onServer(1, 2)];
    queue.start();
    queue.pump();
    expect(ids()).toEqual([first]);
    expect([queue.runs(first), queue.runs(second)]).toEqual([true, false]);
    driven[0]?.end();
    await settled();
    expect(ids()).toEqual([first, second]);
    expect([queue.runs(first), queue.runs(second)]).toEqual([false, true]);
  });

  test('runs four tasks at a time, the oldest first', async () => {
    const all = [1, 2, 3, 4, 5, 6].map((server) => onServer(server));
    queue.start();
    expect(ids()).toEqual(all.slice(0, 4));
    driven[2]?.end();
    await settled();
    expect(ids()).toEqual(all.slice(0, 5));
  });

  test('runs a task that waits at its time, and not before', () => {
    const wakeAt = clock.now() + 20_000;
    const { id } = queued({ state: 'waiting', waitingFor: 'back-off', wakeAt }).task;
    queue.start();
    clock.jump(10_000);
    queue.pump();
    expect(ids()).toEqual([]);
    clock.jump(10_000);
    expect(ids()).toEqual([id]);
  });

  test('leaves alone what waits for a person', () => {
    queued({ state: 'waiting', waitingFor: 'approval', wakeAt: null });
    queue.start();
    clock.jump(24 * 3_600_000);
    expect(ids()).toEqual([]);
  });

  test('goes on after a start with what was running when the agent ended', () => {
    const { id } = queued({ state: 'running' }).task;
    queue.start();
    expect(ids()).toEqual([id]);
  });

  test('drives a task whose row could not be stored again after a minute, and not all the time', async () => {
    const id = onServer(1);
    queue.start();
    driven[0]?.breakOff();
    await settled();
    queue.pump();
    expect(ids()).toEqual([id]);
    clock.jump(60_000);
    expect(ids()).toEqual([id, id]);
    driven[1]?.end();
    await settled();
  });
});

describe('a queue that stops', () => {
  test('lets what runs end, begins nothing, and tells what runs not to begin another step', async () => {
    const [first] = [onServer(1, 1), onServer(1, 2)];
    queue.start();
    const stopped = queue.stop(60_000);
    await settled();
    expect(driven[0]?.draining()).toBe(true);
    expect(driven[0]?.signal.aborted).toBe(false);
    driven[0]?.end();
    await stopped;
    queue.pump();
    expect(ids()).toEqual([first]);
  });

  test('cuts off what has not ended in time', async () => {
    onServer(1);
    queue.start();
    await queue.stop(5);
    expect(driven[0]?.signal.aborted).toBe(true);
  });
});
