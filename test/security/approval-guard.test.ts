/**
 * The attack: somebody who can only write to the database lends an approval to other work: to another task or endpoint with
 * the same settings, to a plan that is shown otherwise than it is, or with a seal that is not one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clockAt, now, type TestDatabase } from '#test/make/database.ts';
import { decide } from '../../electron/agent/decide.ts';
import { requestSeal } from '../../electron/agent/steps/seal-request.ts';
import { isSealedYes } from '../../electron/agent/steps/seal-yes.ts';
import { makeKeyOutput } from '../../electron/agent/steps/shapes.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { approved, drive, quickDatabase } from './approval-drive.ts';
import { local } from './approval-samples.ts';

let fixture: TestDatabase;
beforeAll(() => {
  fixture = quickDatabase();
});
afterAll(() => fixture.remove());

function approvalOf(taskId: string) {
  const approval = fixture.database.approvals.ofTask(taskId);
  if (approval === null) throw new Error('no approval');
  return approval;
}

function rowOf(taskId: string) {
  const row = fixture.database.tasks.get(taskId);
  if (row === null) throw new Error('the task is gone');
  return row;
}

/** Another output of make-key in the row of the task. */
function change(taskId: string, other: Record<string, unknown>): void {
  const row = rowOf(taskId);
  const made = { ...makeKeyOutput.parse(row.memory.outputs['make-key']), ...other };
  const outputs = { ...row.memory.outputs, 'make-key': made };
  fixture.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
}

const code = (outcome: Awaited<ReturnType<typeof drive>>) => [outcome.reached, outcome.task.failure?.code];

describe('an approval does not count', () => {
  test('for a task that was led to another endpoint with the same settings', async () => {
    const { task, endpoint } = approved(fixture.database, 'make-key');
    const twin = { ...endpoint, id: `${endpoint.id}_twin`, name: `${endpoint.name}t` };
    fixture.database.endpoints.insert(twin);
    const row = rowOf(task.id);
    const within = { kind: 'endpoint' as const, id: twin.id, name: twin.name };
    fixture.database.tasks.update({
      ...row,
      task: { ...row.task, subject: { ...row.task.subject, within } },
    });
    expect(code(await drive(fixture.database, task))).toEqual([false, 'approval.settings-changed']);
  });

  test('for a task that was led to another node of the endpoint', async () => {
    const { task } = approved(fixture.database, 'make-key');
    const row = rowOf(task.id);
    const subject = { ...row.task.subject, id: 'node_other' };
    fixture.database.tasks.update({ ...row, task: { ...row.task, subject } });
    expect(code(await drive(fixture.database, task))).toEqual([false, 'approval.settings-changed']);
  });

  test('when the plan it shows is not the one its fingerprint is of', async () => {
    const { task, plan } = approved(fixture.database, 'make-key');
    const shown = { ...plan, names: ['harmless.example'] };
    fixture.database.approvals.update({ ...approvalOf(task.id), plan: shown });
    expect(code(await drive(fixture.database, task))).toEqual([false, 'approval.other-plan']);
  });

  describe.each(['place-order', 'await-certificate', 'install'] as const)('before %s', (step) => {
    const others = { where: 'agent', path: '/other', spki: 'Ag==', csr: 'Aw==' };
    test.each(Object.keys(makeKeyOutput.shape))('when the %s of the made key is another', async (field) => {
      const { task } = approved(fixture.database, step);
      change(task.id, { [field]: others[field as keyof typeof others] });
      expect(code(await drive(fixture.database, task))).toEqual([false, 'approval.other-key']);
    });

    test('when nothing sealed says which key was made', async () => {
      const { task } = approved(fixture.database, step);
      requestSeal.forget(fixture.database, task.id);
      expect(code(await drive(fixture.database, task))).toEqual([false, 'approval.other-key']);
    });
  });

  test('with a seal that does not open, also while the endpoint is being changed', async () => {
    const { task } = approved(fixture.database, 'install');
    const row = rowOf(task.id);
    fixture.database.tasks.update({ ...row, memory: { ...row.memory, changing: true } });
    (fixture.database as SqliteDatabase).driver.run('UPDATE secrets SET sealed = ? WHERE owner = ?', [
      Buffer.alloc(60, 2),
      approvalOf(task.id).id,
    ]);
    const outcome = await drive(fixture.database, task);
    expect(code(outcome)).toEqual([false, 'secret.damaged']);
  });

  test('for another task with the same plan: the seal names its own', () => {
    const { task } = approved(fixture.database, 'approve');
    const approval = approvalOf(task.id);
    expect(isSealedYes(fixture.database, approval)).toBe(true);
    expect(isSealedYes(fixture.database, { ...approval, taskId: `${task.id}z` })).toBe(false);
  });
});

test('A yes that an older version sealed goes on with the key that version made', async () => {
  const { task, plan } = approved(fixture.database, 'place-order');
  requestSeal.forget(fixture.database, task.id);
  fixture.database.secrets.put(approvalOf(task.id).id, 'yes', Secret.of(`${task.id} ${plan.fingerprint}`));
  expect(await drive(fixture.database, task)).toMatchObject({ reached: true });
});

test('What the authority is like after it issued no longer matters to the approval', async () => {
  const { task } = approved(fixture.database, 'install');
  const before = fixture.database.authorities.get(local.id);
  if (before?.settings.kind !== 'local') throw new Error('a local authority is needed');
  const leafDays = before.settings.leafDays + 1;
  fixture.database.authorities.update({ ...before, settings: { ...before.settings, leafDays } });
  try {
    expect(await drive(fixture.database, task)).toMatchObject({ reached: true });
  } finally {
    fixture.database.authorities.update(before);
  }
});

describe('a decision', () => {
  function pending() {
    const { task } = approved(fixture.database, 'approve');
    const approval = { ...approvalOf(task.id), state: 'pending' as const };
    fixture.database.approvals.update(approval);
    fixture.database.secrets.remove(approval.id);
    const say = (yes: boolean) =>
      decide({
        ...{ database: fixture.database, clock: clockAt(now), approvalId: approval.id, yes },
        ...{ seenFingerprint: undefined, comment: 'seen', caller: { origin: 'gui' as const, actor: 'bob' } },
      });
    return { approval, say, task };
  }

  test('to approve is sealed, tells who and when, and wakes the task', () => {
    const { approval, say, task } = pending();
    const decided = say(true);
    expect(decided).toMatchObject({ state: 'approved', decidedBy: 'bob', decidedAt: now, comment: 'seen' });
    expect(isSealedYes(fixture.database, approval)).toBe(true);
    expect(rowOf(task.id).task.wakeAt).toBe(now);
  });

  test('to reject is not sealed', () => {
    const { approval, say } = pending();
    expect(say(false).state).toBe('rejected');
    expect(fixture.database.secrets.list(approval.id)).toEqual([]);
  });

  test('is made once', () => {
    const { say } = pending();
    say(false);
    expect(() => say(true)).toThrow(expect.objectContaining({ code: 'approval.decided' }));
  });

  test('about an approval that is not there is refused', () => {
    expect(() =>
      decide({
        ...{ database: fixture.database, clock: clockAt(now), approvalId: 'apr_none', yes: true },
        ...{
          seenFingerprint: undefined,
          comment: undefined,
          caller: { origin: 'cli' as const, actor: null },
        },
      }),
    ).toThrow(expect.objectContaining({ code: 'approval.not-found' }));
  });
});
