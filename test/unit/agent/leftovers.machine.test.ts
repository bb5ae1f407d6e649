import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { SteppedClock } from '#test/make/stepped-clock.ts';
import { aTask } from '#test/make/task-rows.ts';
import { leave, leftoverSeal } from '../../../electron/agent/steps/leave.ts';
import type { StepTools } from '../../../electron/agent/steps/step.ts';
import { TaskKinds } from '../../../electron/agent/tasks/kinds.ts';
import { Leftovers } from '../../../electron/agent/tasks/leftovers.ts';
import { TaskQueue } from '../../../electron/agent/tasks/queue.ts';
import type { TaskRunner } from '../../../electron/agent/tasks/runner.ts';
import type { ClearedUp, KindOfTask } from '../../../electron/agent/tasks/task-kind.ts';
import { driverOf } from '../../../electron/database/sqlite-database.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const kept = { snapshot: null, keyPath: '/etc/tls/.trustkeep-1.key.site.key' };
const left = { proofs: null, kept };
const away = 'The connection to web1 was lost.';

let fixture: TestDatabase;
let clock: SteppedClock;
let queue: TaskQueue;
let leftovers: Leftovers;
/** What clearing up comes to, and how often it was tried. */
let comesTo: ClearedUp;
let tried: number;
/** Done while it is tried; and the signal that ends the attempt. */
let meanwhile: () => unknown;
let cutOff: AbortSignal;
const ended = aTask({ state: 'cancelled', nodeId: 'n1' });

beforeEach(() => {
  fixture = makeDatabase();
  clock = new SteppedClock();
  tried = 0;
  meanwhile = () => {};
  comesTo = { left, because: away, gaveUp: null };
  const { database } = fixture;
  const kind = {
    kind: 'certify',
    lease: { second: 'refused', onlyReads: false },
    async clearLeft() {
      tried += 1;
      await meanwhile();
      return comesTo;
    },
  } as Partial<KindOfTask> as KindOfTask;
  const kinds = new TaskKinds([kind]);
  const runner = { drive: () => new Promise(() => {}) } as unknown as TaskRunner;
  queue = new TaskQueue({ database, runner, clock, log: silentLog, kinds });
  const openTools = (_task: unknown, signal: AbortSignal) => {
    cutOff = signal;
    return { tools: {} as StepTools, end: async () => {} };
  };
  leftovers = new Leftovers({ database, clock, kinds, queue, openTools, changed: () => {} });
  database.tasks.insert(ended);
  queue.start();
  leave({ database, now: clock.now(), task: ended.task, left, because: null });
});
afterEach(async () => {
  await queue.stop(0);
  fixture.remove();
});

const row = () => fixture.database.leftovers.get(ended.task.id);
const said = () =>
  fixture.database.audit.list(undefined, 20).map(({ action, sentence }) => [action, sentence]);
const waits = () => Math.round(((row()?.nextAt ?? 0) - clock.now()) / minute);

test('what cannot be removed is tried again after longer and longer, told once, and told when it is gone', async () => {
  const seen: number[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    await leftovers.turn();
    seen.push(waits());
    clock.step((row()?.nextAt ?? 0) - clock.now());
  }
  expect(seen).toEqual([1, 5, 60, 360, 1440, 1440]);
  expect(row()?.because).toBe(away);
  expect(said()).toEqual([['clean-up.failed', expect.stringContaining(`is not complete: ${away}`)]]);
  comesTo = { left: null, because: null, gaveUp: null };
  await leftovers.turn();
  expect(row()).toBeNull();
  expect(leftoverSeal.has(fixture.database, ended.task.id)).toBe(false);
  expect(said()[0]).toEqual([
    'clean-up.done',
    expect.stringMatching(/^What an ended task left of .* was removed\.$/),
  ]);
});

test('nothing is tried before its time, nor while a task works at the endpoint', async () => {
  await leftovers.turn();
  await leftovers.turn();
  expect(tried).toBe(1);
  clock.step(minute);
  const busy = aTask({ nodeId: 'n2' });
  fixture.database.tasks.insert(busy);
  queue.pump();
  expect(queue.runs(busy.task.id)).toBe(true);
  expect(await leftovers.turn()).toBeLessThanOrEqual(5000);
  expect(tried).toBe(1);
});

test('nor while a task left the endpoint between two states', async () => {
  const waiting = aTask({
    state: 'waiting',
    waitingFor: 'back-off',
    wakeAt: clock.now() + day,
    nodeId: 'n2',
  });
  fixture.database.tasks.insert({ ...waiting, memory: { ...waiting.memory, changing: true } });
  await leftovers.turn();
  expect(tried).toBe(0);
});

test('a connection to the endpoint makes it due', async () => {
  await leftovers.turn();
  fixture.database.leftovers.hurry('another', clock.now());
  expect(waits()).toBe(1);
  fixture.database.leftovers.hurry(row()?.endpointId ?? '', clock.now());
  await leftovers.turn();
  expect(tried).toBe(2);
});

test('it is given up after a month, with the reason', async () => {
  await leftovers.turn();
  clock.step(31 * day);
  await leftovers.turn();
  expect(row()).toBeNull();
  expect(said()[0]).toEqual([
    'clean-up.failed',
    expect.stringMatching(/ was given up: The connection to web1 was lost\.$/),
  ]);
});

test('what was not sealed by Trustkeep is not removed', async () => {
  const stored = row();
  if (stored === null) throw new Error('nothing is stored');
  fixture.database.leftovers.put({ ...stored, kept: { snapshot: null, keyPath: '/etc/passwd' } });
  await leftovers.turn();
  expect([tried, row()]).toEqual([0, null]);
  expect(said()[0]?.[1]).toContain('is not what Trustkeep stored');
});

test('what others put in the place of it is never sealed by a failed attempt, whatever they do to its seal', async () => {
  const stored = row();
  if (stored === null) throw new Error('nothing is stored');
  fixture.database.leftovers.put({ ...stored, kept: { snapshot: null, keyPath: '/etc/passwd' } });
  driverOf(fixture.database).run('UPDATE secrets SET sealed = zeroblob(length(sealed))');
  await leftovers.turn();
  expect([tried, row(), leftoverSeal.has(fixture.database, ended.task.id)]).toEqual([0, null, false]);
  expect(said()).toEqual([['clean-up.failed', expect.stringContaining('is not what Trustkeep stored')]]);
});

test('while the master key is not at hand it waits longer and longer under its seal, told once', async () => {
  const { database } = fixture;
  const sealed = () => driverOf(database).all('SELECT * FROM secrets');
  const before = sealed();
  const open = vi.spyOn(database.secrets, 'open').mockImplementation(() => {
    throw new Failure('keychain.locked', 'The keychain is locked.');
  });
  const seen: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await leftovers.turn();
    seen.push(waits());
    clock.step((row()?.nextAt ?? 0) - clock.now());
  }
  expect([tried, seen, sealed()]).toEqual([0, [1, 5, 60], before]);
  expect(said()).toEqual([['clean-up.failed', expect.stringContaining('The keychain is locked.')]]);
  open.mockRestore();
  await leftovers.turn();
  expect(tried).toBe(1);
});

test('where a task is at work for hours, what is left at other endpoints does not wait for it', async () => {
  const { database } = fixture;
  const busy = aTask({ state: 'waiting', waitingFor: 'back-off', wakeAt: clock.now() + day, nodeId: 'n2' });
  database.tasks.insert({ ...busy, memory: { ...busy.memory, changing: true } });
  const elsewhere = aTask({ state: 'cancelled', endpointId: 'ep_2', nodeId: 'n3' });
  database.tasks.insert(elsewhere);
  clock.step(1);
  leave({ database, now: clock.now(), task: elsewhere.task, left, because: null });
  expect(await leftovers.turn()).toBeLessThanOrEqual(5000);
  expect([tried, row()?.attempts, database.leftovers.get(elsewhere.task.id)?.attempts]).toEqual([1, 0, 1]);
});

test('what cannot be read is dropped with a word in the audit', async () => {
  driverOf(fixture.database).run("UPDATE leftovers SET content = '{'");
  await leftovers.turn();
  expect([tried, fixture.database.leftovers.damaged()]).toEqual([0, []]);
  expect(said()[0]?.[1]).toContain('cannot be read, so nothing was removed');
});

test('once it is gone, what other tasks left at the same endpoint is due', async () => {
  const { database } = fixture;
  const other = aTask({ state: 'cancelled', nodeId: 'n2' });
  database.tasks.insert(other);
  leave({ database, now: clock.now(), task: other.task, left, because: away });
  comesTo = { left: null, because: null, gaveUp: null };
  await leftovers.tryNow(ended.task.id);
  expect(database.leftovers.get(other.task.id)?.nextAt).toBeLessThanOrEqual(clock.now());
});

test('what was removed in part is noted and sealed as the rest alone', async () => {
  const proofs = {
    ...{ authorityId: 'ca_1', settings: 'a'.repeat(64), names: ['shop.example'], handle: 'h', webRoot: null },
  };
  leave({
    database: fixture.database,
    now: clock.now(),
    task: ended.task,
    left: { proofs, kept },
    because: null,
  });
  await leftovers.turn();
  expect(row()).toMatchObject(left);
  expect(leftoverSeal.isOf(fixture.database, ended.task.id, left)).toBe(true);
});

test('what will never be removed automatically is told as that, once', async () => {
  comesTo = { left: null, because: null, gaveUp: 'The endpoint no longer exists.' };
  await leftovers.turn();
  expect([row(), said()]).toEqual([
    null,
    [['clean-up.failed', expect.stringMatching(/: The endpoint no longer exists\.$/)]],
  ]);
});

test('of a task that is no longer stored nothing is tried, and it is told, once', async () => {
  driverOf(fixture.database).run('DELETE FROM tasks');
  await leftovers.turn();
  await leftovers.turn();
  expect([tried, row(), leftoverSeal.has(fixture.database, ended.task.id)]).toEqual([0, null, false]);
  expect(said()).toEqual([
    ['clean-up.failed', expect.stringMatching(/is no longer stored, so nothing was removed\. Find out who/)],
  ]);
});

test('an attempt that the end of the agent cut off is none', async () => {
  const before = row();
  meanwhile = async () => {
    setImmediate(() => void queue.stop(0));
    await once(cutOff, 'abort');
  };
  await leftovers.turn();
  expect([tried, row()]).toEqual([1, before]);
});
