import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import type { Outcome, Step, StepTools } from '../../../electron/agent/steps/step.ts';
import { freshStep, TaskKinds } from '../../../electron/agent/tasks/kinds.ts';
import { TaskRunner } from '../../../electron/agent/tasks/runner.ts';
import type { KindOfTask } from '../../../electron/agent/tasks/task-kind.ts';

let fixture: TestDatabase;
let cut: AbortController;
/** What happened, in order. */
let happened: string[];
beforeEach(() => {
  fixture = makeDatabase();
  cut = new AbortController();
  happened = [];
});
afterEach(() => fixture.remove());

type Run = () => Outcome | Promise<Outcome>;
const done = (): Outcome => ({ kind: 'done', output: {}, sentence: 'Done.' });
const failing =
  (
    ...[code, retry]: [code: 'connection.lost' | 'keychain.locked' | 'plan.unreadable', retry?: 'later']
  ): Run =>
  () =>
    Promise.reject(new Failure(code, 'It went wrong.', retry === undefined ? {} : { retry }));

function step(name: StepName, run: Run, more: Partial<Step> = {}): Step {
  return {
    ...{ name, ifInterrupted: 'repeat', retries: [] },
    async run() {
      happened.push(name);
      return run();
    },
    ...more,
  };
}

/** A task of these steps, and who drives it. */
function taskOf(forward: Step[], undo: Step[] = []) {
  const { database } = fixture;
  const kind = { kind: 'certify', forward, undo } as Partial<KindOfTask> as KindOfTask;
  const row = aTask({ steps: forward.map(({ name }) => freshStep(name)) });
  database.tasks.insert(row);
  const tools = {
    ...{ database, clock: clockAt(now), log: silentLog, signal: cut.signal, takeLogIn: () => null },
    dropConnection: async () => void happened.push('connection dropped'),
  } as Partial<StepTools> as StepTools;
  const runner = new TaskRunner({
    ...{ database, clock: clockAt(now), log: silentLog, kinds: new TaskKinds([kind]), changed: () => {} },
    openTools: () => ({ tools, end: async () => void happened.push('closed') }),
    ended: ({ task }) => void happened.push(`ended ${task.state}`),
    clearUp: async () => {
      happened.push(`cleared up while ${stored().finishedAt === null ? 'live' : 'ended'}`);
      return () => {};
    },
  });
  const stored = (): Task => {
    const after = database.tasks.get(row.task.id)?.task;
    if (after === undefined) throw new Error('the task is gone');
    return after;
  };
  return {
    row,
    stored,
    async drive(draining = () => false): Promise<Task> {
      await runner.drive(row.task.id, cut.signal, draining);
      return stored();
    },
  };
}

describe('a task that is driven', () => {
  test('does its steps in order and ends once, and the connection is closed', async () => {
    const task = taskOf([step('plan', done), step('install', done)]);
    expect((await task.drive()).state).toBe('succeeded');
    expect(happened).toEqual(['plan', 'install', 'ended succeeded', 'closed']);
    await task.drive();
    expect(happened, 'an ended task is not driven again').toHaveLength(4);
  });

  test('stores what a step leaves together with its end', async () => {
    let kept = 0;
    const store = () => void kept++;
    await taskOf([step('plan', () => ({ ...done(), store }))]).drive();
    expect(kept).toBe(1);
  });

  test('stores the end of a step and the beginning of the next at one moment', async () => {
    const task = taskOf([
      ...[step('plan', done), step('make-key', done)],
      ...[step('install', done, { changesEndpoint: true }), step('restart', done)],
    ]);
    const seen: string[] = [];
    const { tasks } = fixture.database;
    const update = tasks.update.bind(tasks);
    tasks.update = (row) => {
      seen.push(
        `${row.task.steps.map(({ state }) => state).join(' ')}${row.memory.changing ? ' changing' : ''}`,
      );
      update(row);
    };
    await task.drive();
    expect(seen).toEqual([
      'running to-do to-do to-do',
      'done running to-do to-do',
      // a change begins with a moment of its own: a row from before it says that nothing was changed
      'done done to-do to-do',
      'done done running to-do changing',
      'done done done running changing',
      'done done done done changing',
      'done done done done changing',
    ]);
  });

  test('is as before the change when the step that would have begun it refused', async () => {
    const refuses = (): Outcome => ({
      ...{ kind: 'failed', untouched: true },
      failure: new Failure('plan.unreadable', 'It is refused.'),
    });
    const install = step('install', refuses, { changesEndpoint: true });
    const task = taskOf([step('plan', done), install], [step('restore', done)]);
    expect(await task.drive()).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(happened).not.toContain('restore');
  });

  test('does the step that its row names, whatever was begun', async () => {
    const { tasks } = fixture.database;
    const task = taskOf([step('plan', done), step('make-key', done), step('install', done)]);
    const update = tasks.update.bind(tasks);
    tasks.update = (row) => {
      const skips = row.memory.cursor === 1 && happened.length === 1;
      update(skips ? { ...row, memory: { ...row.memory, cursor: 2 } } : row);
    };
    await task.drive();
    expect(happened).toEqual(['plan', 'install', 'ended succeeded', 'closed']);
    expect(task.stored().steps.at(-1)?.state).toBe('done');
  });

  test('begins no other step while the agent stops', async () => {
    let stopping = false;
    const stops = (): Outcome => {
      stopping = true;
      return done();
    };
    const task = taskOf([step('plan', stops), step('install', done)]);
    expect((await task.drive(() => stopping)).state).toBe('running');
    expect(task.stored().steps.map(({ state }) => state)).toEqual(['done', 'to-do']);
    expect(happened).toEqual(['plan', 'closed']);
    stopping = false;
    expect((await task.drive()).state).toBe('succeeded');
  });

  test('goes on, while the agent stops, from its first change to its proof', async () => {
    const changing = { changesEndpoint: true };
    const task = taskOf([step('plan', done), step('install', done, changing), step('prove', done)]);
    expect((await task.drive(() => happened.includes('install'))).state).toBe('succeeded');
    expect(happened).toEqual(expect.arrayContaining(['plan', 'install', 'prove']));
  });

  test('that waits keeps for what, and what the step leaves with it', async () => {
    let kept = 0;
    const waits: Outcome = { kind: 'wait', waitingFor: 'authority', until: now + 5, sentence: 'Not yet.' };
    const task = taskOf([step('await-certificate', () => ({ ...waits, store: () => void kept++ }))]);
    expect(await task.drive()).toMatchObject({ state: 'waiting', waitingFor: 'authority', wakeAt: now + 5 });
    expect(kept).toBe(1);
  });
});

describe('a step that fails', () => {
  test('before anything was changed ends the task, which clears up before it says that it ended', async () => {
    const undo = [step('restore', done)];
    const task = taskOf([step('plan', failing('plan.unreadable'))], undo);
    expect(await task.drive()).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(happened).toEqual(['plan', 'cleared up while live', 'ended failed', 'closed']);
  });

  test('after the first change has everything put back, and the task ends with the first failure', async () => {
    const undo = [step('restore', done), step('prove-restore', done)];
    const installs = step('install', done, { changesEndpoint: true });
    const task = taskOf([installs, step('prove', failing('plan.unreadable'))], undo);
    expect(await task.drive()).toMatchObject({
      ...{ state: 'failed', restored: 'proved', failure: { code: 'plan.unreadable' } },
    });
    expect(happened).toEqual(['install', 'prove', 'restore', 'prove-restore', 'ended failed', 'closed']);
  });

  test('while everything is put back ends the task: nothing is undone twice', async () => {
    const restore = () => {
      if (happened.length > 9) cut.abort(); // it would go on for ever
      return failing('plan.unreadable')();
    };
    const undo = [step('restore', restore), step('prove-restore', done)];
    const task = taskOf([step('install', failing('plan.unreadable'), { changesEndpoint: true })], undo);
    expect(await task.drive()).toMatchObject({ state: 'failed', restored: 'failed' });
    expect(happened.filter((one) => one === 'restore')).toHaveLength(1);
  });

  test('is tried again as its table says, and no more often', async () => {
    const retries = [{ afterMs: 1000, because: 'it may be over' }];
    const task = taskOf([step('plan', failing('connection.lost', 'later'), { retries })]);
    expect(await task.drive()).toMatchObject({
      state: 'waiting',
      waitingFor: 'back-off',
      wakeAt: now + 1000,
    });
    expect((await task.drive()).state).toBe('failed');
  });

  test('for its connection gets another one for its next try', async () => {
    const retries = [{ afterMs: 1000, because: 'it may be over' }];
    await taskOf([step('plan', failing('connection.lost', 'later'), { retries })]).drive();
    expect(happened).toContain('connection dropped');
  });

  test('for the keychain waits until it is unlocked, and that is no try', async () => {
    const task = taskOf([step('make-key', failing('keychain.locked'))]);
    for (const _turn of [1, 2, 3])
      expect(await task.drive()).toMatchObject({ state: 'waiting', waitingFor: 'keychain', wakeAt: null });
    expect(task.stored().steps[0]?.attempt).toBe(0);
  });

  test('because the agent stops is no failure: the next start repeats it', async () => {
    const cutOff = (): Promise<Outcome> => {
      cut.abort();
      return Promise.reject(new Failure('connection.lost', 'Cut off.'));
    };
    const task = taskOf([step('install', cutOff, { changesEndpoint: true })], [step('restore', done)]);
    expect(await task.drive()).toMatchObject({ state: 'running', failure: null });
    expect(happened).toEqual(['install', 'connection dropped', 'closed']);
  });
});

test('A task does not end when what follows its end cannot be stored', async () => {
  const task = taskOf([
    step('plan', () => ({
      ...done(),
      store: () => {
        throw new Error('the disk is full');
      },
    })),
  ]);
  await expect(task.drive()).rejects.toThrow('the disk is full');
  expect(task.stored()).toMatchObject({ state: 'running', steps: [{ state: 'running' }] });
  expect(happened).toEqual(['plan', 'closed']);
});
