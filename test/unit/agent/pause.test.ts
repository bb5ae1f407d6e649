import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { day, hour, makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { taskKinds } from '../../../electron/agent/domains.ts';
import { PauseControl } from '../../../electron/agent/pause.ts';
import { holds, nextMorning } from '../../../electron/agent/policies/pause.ts';
import { TaskQueue } from '../../../electron/agent/tasks/queue.ts';
import type { TaskRunner } from '../../../electron/agent/tasks/runner.ts';

let fixture: TestDatabase;
let clock: JumpingClock;
let changes: number;
const made: PauseControl[] = [];

beforeEach(() => {
  fixture = makeDatabase();
  clock = new JumpingClock();
  changes = 0;
});
afterEach(() => {
  for (const one of made.splice(0)) one.stop();
  fixture.remove();
});

function control(): PauseControl {
  const one = new PauseControl({
    ...{ database: fixture.database, clock },
    changed() {
      changes += 1;
    },
  });
  made.push(one);
  return one;
}

const audited = () => fixture.database.audit.list(undefined, 10).map(({ action }) => action);

describe('a pause', () => {
  test('survives a restart, keeps when it began, and ends when a person says so', () => {
    const until = clock.now() + hour;
    const { since } = control().begin(until);
    const after = control();
    after.start();
    expect(after.state()).toEqual({ since, until });
    clock.jump(60_000);
    expect(after.begin(until + hour)).toEqual({ since, until: until + hour });
    expect(after.end()).toBe(true);
    expect(after.state()).toBeNull();
    expect(after.end()).toBe(false);
    expect(changes).toBe(4);
  });

  test('ends with its time, which is audited, also when no agent ran at its end', async () => {
    control().begin(clock.now() + 150);
    expect(audited()).toEqual([]);
    await expect.poll(audited, { timeout: 60_000 }).toEqual(['agent.resume']);
    const one = control();
    one.begin(clock.now() + hour);
    one.stop();
    clock.jump(2 * hour);
    expect(one.state()).toBeNull();
    const next = control();
    next.start();
    next.start();
    expect(audited()).toEqual(['agent.resume', 'agent.resume']);
  });

  test('does not hold for years where the clock was set back, nor where what is stored is no pause', () => {
    const one = control();
    one.begin(clock.now() + 7 * day);
    expect(one.state()).not.toBeNull();
    clock.jump(-day);
    expect(one.state()).toBeNull();
    fixture.database.meta.set('pause', '{"until":"soon"}');
    expect(one.state()).toBeNull();
    expect(holds({ until: 10 }, 10)).toBe(false);
  });
});

test('tomorrow begins at 6 in the morning, and today does where that is still to come', () => {
  const at = (...time: [number, number]) => new Date(2026, 10, 30, ...time).getTime();
  expect(nextMorning(at(14, 0))).toBe(new Date(2026, 11, 1, 6).getTime());
  expect(nextMorning(at(1, 30))).toBe(at(6, 0));
  expect(nextMorning(at(6, 0))).toBe(new Date(2026, 11, 1, 6).getTime());
});

test('in a pause what a person began is driven, and what has changed something; the rest when it is over', async () => {
  const driven: string[] = [];
  const { database } = fixture;
  const drive = async (id: string) => {
    driven.push(id);
    const row = database.tasks.get(id);
    if (row === null) return;
    database.tasks.update({ ...row, task: { ...row.task, state: 'failed', finishedAt: 1 } });
  };
  let paused = true;
  const queue = new TaskQueue({
    ...{ database, runner: { drive } as unknown as TaskRunner, clock, log: silentLog, kinds: taskKinds },
    paused: () => paused,
  });
  const row = (some: Parameters<typeof aTask>[0], changing = false) => {
    const one = aTask(some);
    database.tasks.insert({ ...one, memory: { ...one.memory, changing } });
    return one.task.id;
  };
  const byPerson = row({ origin: 'gui', nodeId: 'node_1', endpointId: 'ep_1' });
  const byAgent = row({ origin: 'agent', nodeId: 'node_2', endpointId: 'ep_2' });
  const byServer = row({ origin: 'server', nodeId: 'node_3', endpointId: 'ep_3' });
  const due = { state: 'waiting', waitingFor: 'back-off', wakeAt: clock.now() - 1 } as const;
  const changed = row({ origin: 'agent', nodeId: 'node_4', endpointId: 'ep_4', ...due }, true);
  const waits = row({ origin: 'agent', nodeId: 'node_5', endpointId: 'ep_5', ...due });
  queue.start();
  await expect.poll(() => driven.toSorted()).toEqual([byPerson, changed].sort());
  queue.pump();
  expect(driven).toHaveLength(2);
  paused = false;
  queue.pump();
  await expect.poll(() => driven.slice(2).sort()).toEqual([byAgent, byServer, waits].sort());
  await queue.stop(0);
});
