import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { TaskQueue } from '../../../electron/agent/tasks/queue.ts';
import type { TaskRunner } from '../../../electron/agent/tasks/runner.ts';
import type { TaskRow } from '../../../electron/database/database.ts';

let fixture: TestDatabase;
let driven: string[];
let queue: TaskQueue;
let clock: JumpingClock;

beforeEach(() => {
  fixture = makeDatabase();
  driven = [];
  const { database } = fixture;
  const drive = async (id: string) => {
    driven.push(id);
    const row = database.tasks.get(id);
    if (row === null) return;
    database.tasks.update({
      task: { ...row.task, state: 'failed', finishedAt: 1 },
      memory: { ...row.memory, changing: false },
    });
  };
  const runner = { drive } as unknown as TaskRunner;
  clock = new JumpingClock();
  queue = new TaskQueue({ database, runner, clock, log: silentLog, kinds: taskKinds });
});
afterEach(async () => {
  await queue.stop(0);
  fixture.remove();
});

const halfway = (row: TaskRow): TaskRow => ({ ...row, memory: { ...row.memory, changing: true } });

test('a clock that is set back by a day does not make a task wait for longer', async () => {
  const { tasks } = fixture.database;
  const one = aTask({ state: 'waiting', waitingFor: 'authority', wakeAt: clock.now() + 300 });
  tasks.insert(one);
  queue.start();
  clock.jump(-86_400_000);
  queue.pump();
  expect(driven).toEqual([]);
  await expect.poll(() => driven, { timeout: 60_000 }).toEqual([one.task.id]);
});

test('while a task is between its first change and its proof, nobody else changes that endpoint', async () => {
  const { tasks } = fixture.database;
  const soon = clock.now() + 60_000;
  const changing = halfway(aTask({ state: 'waiting', waitingFor: 'back-off', wakeAt: soon, nodeId: 'n1' }));
  const other = aTask({ nodeId: 'n2' });
  const looking = aTask({ kind: 'discover', nodeId: null });
  const elsewhere = aTask({ nodeId: 'n3', endpointId: 'ep_2' });
  for (const row of [changing, other, looking, elsewhere]) tasks.insert(row);
  queue.start();
  await expect.poll(() => driven.toSorted()).toEqual([looking.task.id, elsewhere.task.id].sort());
  clock.jump(60_000);
  await expect.poll(() => driven.length).toBe(4);
  expect(driven.slice(2)).toEqual([changing.task.id, other.task.id]);
});
