/**
 * The attack: between the approval and a step, what came of the order becomes another in the real rows: the handle, the
 * certificate, what is to be installed of it. The real runner is let loose on them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StepName, Task } from '#shared/model/task.ts';
import { aCertificate, anOrder } from '#test/make/certificate-rows.ts';
import { readySealer, type TestDatabase } from '#test/make/database.ts';
import { certificateSeal, checkedSeal, handleSeal } from '../../electron/agent/steps/seal-issued.ts';
import type { Database, TaskMemory } from '../../electron/database/database.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { approved, drive, driver, lockable, quickDatabase } from './approval-drive.ts';

let fixture: TestDatabase;
beforeAll(() => {
  fixture = quickDatabase();
});
afterAll(() => fixture.remove());

function remember(database: Database, task: Task, change: (memory: TaskMemory) => Partial<TaskMemory>): void {
  const row = database.tasks.get(task.id);
  if (row === null) throw new Error('the task is gone');
  database.tasks.update({ ...row, memory: { ...row.memory, ...change(row.memory) } });
}

/** The task says that this is the certificate that it collected. */
function saysCollected(database: Database, task: Task, label: string): void {
  const other = aCertificate(label, { chainPem: `PEM of ${label}` });
  database.certificates.upsert(other);
  const { fingerprint } = other;
  remember(database, task, ({ outputs }) => ({
    outputs: { ...outputs, 'await-certificate': { orderId: 'ord_1', fingerprint } },
  }));
}

/** An approval as the version before sealed it, whose task sealed nothing of the order. */
function earlier(task: Task, words = ' with-request with-snapshot'): void {
  const { approvals, secrets } = fixture.database;
  const approval = approvals.ofTask(task.id);
  secrets.put(approval?.id ?? '', 'yes', Secret.of(`${task.id} ${approval?.plan.fingerprint}${words}`));
  for (const seal of [handleSeal, certificateSeal, checkedSeal]) seal.forget(fixture.database, task.id);
}

const code = ({ reached, task }: Awaited<ReturnType<typeof drive>>) => [reached, task.failure?.code];
const other = [false, 'approval.other-certificate'];

describe.each(['snapshot', 'install', 'restart', 'prove', 'finish'] as const)('before %s', (step) => {
  test('another certificate than was collected ends the task', async () => {
    const { task } = approved(fixture.database, step);
    saysCollected(fixture.database, task, 'evil');
    expect(code(await drive(fixture.database, task))).toEqual(other);
  });

  test('one that nothing sealed says was collected ends it, also that of another task', async () => {
    const { task } = approved(fixture.database, step);
    certificateSeal.forget(fixture.database, task.id);
    expect(code(await drive(fixture.database, task))).toEqual(other);
  });

  test('what no check of the certificate sealed ends it', async () => {
    const { task } = approved(fixture.database, step);
    checkedSeal.forget(fixture.database, task.id);
    expect(code(await drive(fixture.database, task))).toEqual(other);
  });

  test('what an approval of the version before led to is carried out', async () => {
    const { task } = approved(fixture.database, step);
    earlier(task);
    const outcome = await drive(fixture.database, task);
    expect(`${outcome.reached} ${outcome.task.failure?.code}`).toMatch(/^true|^false task\.damaged$/);
  });
});

describe.each(['place-order', 'await-certificate'] as const)('before %s', (step) => {
  function ordered(handle: unknown, sealed: unknown = handle) {
    const { task, plan } = approved(fixture.database, step);
    const { names, terms, authority } = plan;
    const order = fixture.database.orders.insert(
      anOrder({ taskId: task.id, authorityId: authority.id, names, terms, handle }),
    );
    if (sealed !== null) handleSeal.put(fixture.database, task.id, { ...order, handle: sealed });
    remember(fixture.database, task, () => ({ input: { reason: 'request' } }));
    return { task, order };
  }
  const refused = [false, 'approval.other-order'];

  test('an order whose handle is as it was stored is worked on', async () => {
    expect(code(await drive(fixture.database, ordered({ url: '/1' }).task))[0]).toBe(true);
  });

  test.each([
    ['is another', { url: '/2' }, { url: '/1' }],
    ['is gone', null, { url: '/1' }],
    ['nothing sealed says', { url: '/2' }, null],
  ])('an order whose handle %s ends the task', async (_what, handle, sealed) => {
    expect(code(await drive(fixture.database, ordered(handle, sealed).task))).toEqual(refused);
  });

  test('the handle of another order ends it', async () => {
    const { task, order } = ordered({ url: '/1' });
    handleSeal.put(fixture.database, task.id, { ...order, id: 'ord_other' });
    expect(code(await drive(fixture.database, task))).toEqual(refused);
  });

  test('an order that an approval of the version before led to is worked on', async () => {
    const { task } = ordered({ url: '/1' }, null);
    earlier(task);
    expect(code(await drive(fixture.database, task))[0]).toBe(true);
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
  const waits = { reached: false, task: { state: 'waiting', waitingFor: 'keychain' } };
  const steps: StepName[] = ['install', 'restart'];

  test.each(steps)('%s waits for it after a restart', async (step) => {
    const { task } = approved(own.database, step);
    sealer.lock();
    expect(await drive(own.database, task)).toMatchObject(waits);
    sealer.unlock();
    expect(await drive(own.database, task)).toMatchObject({ reached: true });
  });

  test('an agent that saw the seals while it changes the endpoint goes on with that certificate only', async () => {
    const { task } = approved(own.database, 'restart');
    remember(own.database, task, () => ({ changing: true }));
    const running = driver(own.database);
    expect(await running(task)).toMatchObject({ reached: true });
    sealer.lock();
    try {
      expect(await running(task)).toMatchObject({ reached: true });
      saysCollected(own.database, task, 'evil');
      expect(await running(task)).toMatchObject(waits);
    } finally {
      sealer.unlock();
    }
  });
});
