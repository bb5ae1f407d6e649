/**
 * The attack: between the approval and a step, one field of what was approved becomes another. Every field that the
 * schemas know is changed in turn, in the real rows, and the real runner is let loose on them. A field that nobody put
 * into the tables below fails the test: whoever adds one says whether an approval is bound to it, and if not, why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindOf } from '#shared/model/changes/index.ts';
import { type Plan, plan as planShape } from '#shared/model/plan.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import { clockAt, now, readySealer, type TestDatabase } from '#test/make/database.ts';
import { byField, fieldsOf, type Occurrence, occurrencesIn, withOther } from '#test/make/schema-fields.ts';
import { certifyKind } from '../../electron/agent/certificates/certify-kind.ts';
import { decide } from '../../electron/agent/decide.ts';
import { planFingerprint } from '../../electron/agent/plans/certify.ts';
import { approved, drive, driver, lockable, quickDatabase } from './approval-drive.ts';
import { sample } from './approval-samples.ts';
import { unboundOfPlan } from './approval-unbound.ts';

let fixture: TestDatabase;
beforeAll(() => {
  fixture = quickDatabase();
});
afterAll(() => fixture.remove());

function editOutput(task: Task, step: StepName, plan: Plan): void {
  const row = fixture.database.tasks.get(task.id);
  if (row === null) throw new Error('the task is gone');
  const outputs = { ...row.memory.outputs, [step]: { plan } };
  fixture.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
}

/** What comes to exist with the certificate is not bound; the same member of a change that knows it is. */
function isLater(plan: Plan, { field, at }: Occurrence): boolean {
  const value = /\.after\.(sha256|certificate|thumbprint|content)\??$/.test(field);
  const change = at[1] === 'changes' ? plan.install.changes[Number(at[2])] : undefined;
  return value && change !== undefined && kindOf(change).later?.isLater(change) === true;
}

const planFields = byField(occurrencesIn(planShape, sample));

describe('a field of the plan that changes between the approval and the step', () => {
  test('is in the sample, whichever it is, and exceptions are fields', () => {
    expect([...planFields.keys()].sort()).toEqual([...new Set(fieldsOf(planShape))].sort());
    expect(fieldsOf(planShape)).toEqual(expect.arrayContaining(Object.keys(unboundOfPlan)));
  });

  test('is refused only because it changed: the plan itself is carried out', async () => {
    for (const step of ['approve', 'make-key', 'install'] as const)
      expect(await drive(fixture.database, approved(fixture.database, step).task), step).toMatchObject({
        reached: true,
      });
  });

  test.each([...planFields])('%s is refused', async (field, occurrences) => {
    for (const occurrence of occurrences)
      for (const other of occurrence.others) {
        const change = (plan: Plan): Plan => withOther(plan, occurrence.at, other);
        const free = field in unboundOfPlan || isLater(sample, occurrence);
        const outcomes = [
          await attacked('approve', 'plan', change),
          await attacked('make-key', 'plan', change),
        ];
        for (const { task, reached } of outcomes) {
          expect(reached, JSON.stringify(other)).toBe(free);
          if (!free)
            expect(task.failure?.code).toMatch(
              /^(approval\.(other-plan|settings-changed)|plan\.unreadable)$/,
            );
        }
        // what was checked with the certificate is sealed as a whole, what came to exist with it included
        const { task, reached } = await attacked('install', 'check-material', change);
        expect(reached, JSON.stringify(other)).toBe(false);
        expect(task.failure?.code).toMatch(
          free
            ? /^approval\.other-certificate$/
            : /^(approval\.(other-plan|settings-changed)|plan\.unreadable)$/,
        );
      }
  });

  test.each([...planFields].filter(([field]) => !(field in unboundOfPlan)))(
    '%s is refused also with approval and fingerprint to match: the seal is for another',
    async (_field, [occurrence]) => {
      if (occurrence === undefined || isLater(sample, occurrence)) return;
      const { task, plan } = approved(fixture.database, 'make-key');
      const other = withOther(plan, occurrence.at, occurrence.others[0]);
      const fingerprint = fingerprintOr(other, 'f'.repeat(64));
      editOutput(task, 'plan', { ...other, fingerprint });
      const approval = fixture.database.approvals.ofTask(task.id);
      if (approval === null) throw new Error('no approval');
      fixture.database.approvals.update({ ...approval, plan: { ...other, fingerprint } });
      const outcome = await drive(fixture.database, task);
      expect(outcome.reached).toBe(false);
      expect(outcome.task.failure?.code).toMatch(/^(approval\.missing|plan\.unreadable)$/);
    },
  );
});

function fingerprintOr(plan: Plan, otherwise: string): string {
  try {
    return planFingerprint(plan);
  } catch {
    return otherwise;
  }
}

async function attacked(step: StepName, output: StepName, change: (plan: Plan) => Plan) {
  const { task, plan } = approved(fixture.database, step);
  editOutput(task, output, change(plan));
  return drive(fixture.database, task);
}

describe('the approval itself', () => {
  test('is not given to a plan with another fingerprint than the person read', () => {
    const { task, plan } = approved(fixture.database, 'approve');
    const approval = fixture.database.approvals.ofTask(task.id);
    if (approval === null) throw new Error('no approval');
    fixture.database.approvals.update({ ...approval, state: 'pending' });
    const approveAs = (seenFingerprint: string) => () =>
      decide({
        ...{ database: fixture.database, clock: clockAt(now), approvalId: approval.id, yes: true },
        ...{ comment: undefined, caller: { origin: 'gui' as const, actor: 'bob' }, seenFingerprint },
      });
    for (const seen of ['f'.repeat(64), `${plan.fingerprint.slice(0, 63)}x`, `${plan.fingerprint}0`])
      expect(approveAs(seen)).toThrow(expect.objectContaining({ code: 'approval.other-plan' }));
    expect(approveAs(plan.fingerprint.slice(0, 16))().state).toBe('approved');
  });

  test('guards every step behind it, from the first one', async () => {
    const { forward } = certifyKind;
    const yes = forward.findIndex(({ name }) => name === 'approve');
    for (const { name } of forward.slice(yes + 1)) {
      const { task } = approved(fixture.database, name);
      const approval = fixture.database.approvals.ofTask(task.id);
      if (approval === null) throw new Error('no approval');
      fixture.database.approvals.update({ ...approval, state: 'rejected' });
      const outcome = await drive(fixture.database, task);
      expect([name, outcome.reached, outcome.task.failure?.code]).toEqual([name, false, 'approval.missing']);
    }
  });

  // "Something was changed already" is a word in the database, which anybody who can write to it may say. It counts only where
  // this run of the agent opened the same seals itself; after a restart the task waits for the keychain, half way too.
  test('is not taken as given while the keychain is locked, except where this agent saw it while changing', async () => {
    const sealer = lockable(readySealer());
    const own = quickDatabase(sealer);
    const before = fixture;
    fixture = own;
    try {
      const waits = approved(fixture.database, 'make-key');
      const changes = approved(fixture.database, 'install');
      const row = own.database.tasks.get(changes.task.id);
      if (row === null) throw new Error('the task is gone');
      own.database.tasks.update({ ...row, memory: { ...row.memory, changing: true } });
      const running = driver(own.database);
      expect(await running(changes.task)).toMatchObject({ reached: true });
      sealer.lock();
      const waiting = { reached: false, task: { state: 'waiting', waitingFor: 'keychain' } };
      expect(await running(waits.task)).toMatchObject(waiting);
      expect(await running(changes.task)).toMatchObject({ reached: true });
      expect(await drive(own.database, changes.task)).toMatchObject(waiting);
    } finally {
      fixture = before;
      own.remove();
    }
  });
});
