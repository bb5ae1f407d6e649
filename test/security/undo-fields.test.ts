/**
 * The attack: between the snapshot and the way back, one field of what was kept, or of what a task remembers, becomes
 * another. Every field that the schemas know is changed in turn, in the real rows, and the real runner is let loose on them.
 * A field that is in no table fails the test: whoever adds one says what it may do.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StepName, Task } from '#shared/model/task.ts';
import { readySealer, type TestDatabase } from '#test/make/database.ts';
import { byField, fieldsOf, occurrencesIn, withOther } from '#test/make/schema-fields.ts';
import { certifyKind } from '../../electron/agent/certificates/certify-kind.ts';
import { snapshotSeal } from '../../electron/agent/steps/seal-snapshot.ts';
import { snapshotOutput } from '../../electron/agent/steps/shapes.ts';
import type { Database, TaskMemory } from '../../electron/database/database.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { approved, drive, driver, lockable, quickDatabase } from './approval-drive.ts';
import { keptSample } from './approval-samples.ts';

let fixture: TestDatabase;
beforeAll(() => {
  fixture = quickDatabase();
});
afterAll(() => fixture.remove());

const undo = certifyKind.undo.map(({ name }) => name);

function remember(task: Task, change: (memory: TaskMemory) => Partial<TaskMemory>, at = fixture.database) {
  const row = at.tasks.get(task.id);
  if (row === null) throw new Error('the task is gone');
  at.tasks.update({ ...row, memory: { ...row.memory, ...change(row.memory) } });
}

const keeps = (kept: unknown) => (memory: TaskMemory) => ({
  outputs: { ...memory.outputs, snapshot: kept },
});

async function expectUntouched(task: Task, reason: RegExp, at = fixture.database): Promise<void> {
  const cursor = at.tasks.get(task.id)?.memory.cursor;
  const { reached, task: after } = await drive(at, task);
  expect([reached, after.state, after.failure?.code]).toEqual([false, 'failed', 'restore.not-approved']);
  expect(after.failure?.sentence).toMatch(reason);
  expect(after.failure?.hint).toMatch(/^Check which certificate is installed and served on /);
  expect(after.restored).toBe(cursor === undo.length - 1 ? 'unproved' : 'failed');
}

describe('a field of the snapshot that changes before the way back', () => {
  const fields = byField(occurrencesIn(snapshotOutput, keptSample));

  test('is in the sample, whichever it is', () => {
    expect([...fields.keys()].sort()).toEqual([...new Set(fieldsOf(snapshotOutput))].sort());
  });

  test.each(undo)('is refused only because it changed: %s is carried out', async (step) => {
    expect(await drive(fixture.database, approved(fixture.database, step).task)).toMatchObject({
      reached: true,
    });
  });

  test.each([...fields])('%s is refused', async (_field, occurrences) => {
    for (const { at, others } of occurrences)
      for (const other of others)
        for (const step of undo) {
          const { task } = approved(fixture.database, step);
          remember(task, keeps(withOther(keptSample, at, other)));
          await expectUntouched(task, /The stored description of the previous state is not the one/);
        }
  });

  test.each([...fields])('%s is refused before the change, too', async (_field, [one]) => {
    if (one === undefined) throw new Error('a field without a place');
    const { task } = approved(fixture.database, 'install');
    remember(task, keeps(withOther(keptSample, one.at, one.others[0])));
    const { reached, task: after } = await drive(fixture.database, task);
    expect([reached, after.state, after.failure?.code, after.restored]).toEqual([
      false,
      'failed',
      'approval.other-snapshot',
      'not-needed',
    ]);
  });
});

describe('the way back is not gone', () => {
  test.each(undo)('by a task that nobody approved: %s', async (step) => {
    const { task } = approved(fixture.database, step);
    const approval = fixture.database.approvals.ofTask(task.id);
    if (approval === null) throw new Error('no approval');
    fixture.database.secrets.remove(approval.id);
    await expectUntouched(task, /This plan has not been approved here/);
  });

  test('when nothing sealed says what was kept', async () => {
    const { task } = approved(fixture.database, 'restore');
    snapshotSeal.forget(fixture.database, task.id);
    await expectUntouched(task, /The stored description of the previous state is not the one/);
  });

  test('with a seal that was damaged since this agent saw it', async () => {
    const { task } = approved(fixture.database, 'restore');
    const running = driver(fixture.database);
    expect(await running(task)).toMatchObject({ reached: true });
    (fixture.database as SqliteDatabase).driver.run('UPDATE secrets SET sealed = ? WHERE owner = ?', [
      Buffer.alloc(60, 2),
      task.id,
    ]);
    expect(await running(task)).toMatchObject({ reached: false, task: { state: 'failed' } });
  });

  test('with what another task kept', async () => {
    const other = approved(fixture.database, 'restore').task;
    const kept = withOther(keptSample, ['snapshot', 'nodeKey'], 'other');
    snapshotSeal.put(fixture.database, other.id, kept);
    const { task } = approved(fixture.database, 'restore');
    remember(task, keeps(kept));
    await expectUntouched(task, /The stored description of the previous state is not the one/);
  });

  test('to an endpoint that became another since the approval', async () => {
    const { task, endpoint } = approved(fixture.database, 'restore');
    fixture.database.endpoints.update({
      ...endpoint,
      settings: withOther(endpoint.settings, ['nginxPath'], '/tmp/nginx'),
    });
    await expectUntouched(task, /approved for other settings/);
  });
});

describe('while the keychain is locked', () => {
  let own: TestDatabase;
  let sealer: ReturnType<typeof lockable>;
  beforeAll(() => {
    sealer = lockable(readySealer());
    own = quickDatabase(sealer);
  });
  afterAll(() => own.remove());

  test.each(undo)('%s waits for it after a restart, and then goes on', async (step) => {
    const { task } = approved(own.database, step);
    sealer.lock();
    expect(await drive(own.database, task)).toMatchObject({
      reached: false,
      task: { state: 'waiting', waitingFor: 'keychain' },
    });
    sealer.unlock();
    expect(await drive(own.database, task)).toMatchObject({ reached: true });
  });

  test.each(undo)('%s goes on where this agent saw the seals, with the same content only', async (step) => {
    const { task } = approved(own.database, step);
    const running = driver(own.database);
    expect(await running(task)).toMatchObject({ reached: true });
    sealer.lock();
    try {
      expect(await running(task)).toMatchObject({ reached: true });
      remember(task, keeps(withOther(keptSample, ['snapshot', 'kept', 0, 'path'], '/etc/x')), own.database);
      expect(await running(task)).toMatchObject({ reached: false, task: { waitingFor: 'keychain' } });
    } finally {
      sealer.unlock();
    }
  });
});

describe('an approval of a version that sealed no snapshot', () => {
  function earlier(database: Database, step: StepName, words: string) {
    const { task, plan } = approved(database, step);
    const approval = database.approvals.ofTask(task.id);
    database.secrets.put(approval?.id ?? '', 'yes', Secret.of(`${task.id} ${plan.fingerprint}${words}`));
    snapshotSeal.forget(database, task.id);
    return task;
  }

  test.each(['', ' with-request'])('goes on and back all the same ("%s")', async (words) => {
    for (const step of ['install', 'restart', ...undo] as const)
      expect(await drive(fixture.database, earlier(fixture.database, step, words)), step).toMatchObject({
        reached: true,
      });
  });
});

/** What a task remembers, and what becomes of it when somebody changes it. */
const memoryFields: { readonly [K in keyof TaskMemory]: string } = {
  input: 'what the plan is made from; the plan is what was approved',
  outputs: 'of each step: what is carried out is compared with the plan and the seals',
  changing:
    'whether a failure means restore: what is restored is sealed, and no seal is taken as given for it',
  cursor: 'which step comes next: each is guarded by itself',
  direction: 'whether to go back: only to what was sealed before the change, with the approval of it',
};

describe('a field of what a task remembers', () => {
  test('has its reason', () => {
    const { task } = approved(fixture.database, 'restore');
    const stored = fixture.database.tasks.get(task.id)?.memory ?? {};
    expect(Object.keys(memoryFields).sort()).toEqual(Object.keys(stored).sort());
  });

  test('changing and direction lead to no way back without a sealed snapshot, at any cursor', async () => {
    for (const cursor of undo.keys()) {
      const { task } = approved(fixture.database, 'make-key');
      remember(task, ({ outputs }) => ({
        ...{ changing: true, direction: 'undoing', cursor },
        outputs: { ...outputs, snapshot: keptSample, restore: { exact: true, sentence: '' } },
      }));
      await expectUntouched(task, /The stored description of the previous state is not the one/);
    }
  });

  test('outputs without a plan lead nowhere', async () => {
    const { task } = approved(fixture.database, 'restore');
    remember(task, () => ({ outputs: { snapshot: keptSample } }));
    await expectUntouched(task, /The result of step plan is missing/);
  });

  test('outputs that no schema reads lead nowhere', async () => {
    const { task } = approved(fixture.database, 'restore');
    remember(task, keeps({ snapshot: 'x' }));
    await expectUntouched(task, /What the database says of this task cannot be read/);
  });

  test('a cursor that passes over the snapshot changes nothing', async () => {
    const { task } = approved(fixture.database, 'install');
    snapshotSeal.forget(fixture.database, task.id);
    remember(task, ({ outputs: { snapshot: _gone, ...outputs } }) => ({ outputs }));
    expect(await drive(fixture.database, task)).toMatchObject({ reached: false, task: { state: 'failed' } });
  });

  test('changing is no approval while the keychain is locked, though the seals are junk', async () => {
    const sealer = lockable(readySealer());
    const own = quickDatabase(sealer);
    try {
      const { task } = approved(own.database, 'install');
      remember(task, () => ({ changing: true }), own.database);
      sealer.lock();
      expect(await drive(own.database, task)).toMatchObject({
        reached: false,
        task: { state: 'waiting', waitingFor: 'keychain' },
      });
    } finally {
      own.remove();
    }
  });
});
