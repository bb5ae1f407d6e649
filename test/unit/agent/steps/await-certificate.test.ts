import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { anOrder } from '#test/make/certificate-rows.ts';
import { acmeSettings, anAuthority } from '#test/make/rows.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { authorityHash } from '../../../../electron/agent/plans/binding.ts';
import { awaitCertificateStep } from '../../../../electron/agent/steps/await-certificate.ts';
import { handleSeal } from '../../../../electron/agent/steps/seal-issued.ts';
import type {
  Authority,
  NotCleared,
  OrderStatus,
  Remark,
} from '../../../../electron/providers/authorities/authority.ts';

let world: StepWorld;
const handle = { at: 'the CA' };
const ca = () => anAuthority({ id: world.plan.authority.id, kind: 'acme', settings: acmeSettings() });
beforeEach(() => {
  world = stepWorld();
  const { database, plan, row } = world;
  database.authorities.insert(ca());
  const order = anOrder({ authorityId: plan.authority.id, taskId: row.task.id, state: 'pending', handle });
  handleSeal.put(database, row.task.id, database.orders.insert({ ...order, names: plan.names }));
});
afterEach(() => world.remove());

/** What the CA could not remove when the order came to its end. */
const left: NotCleared[] = [
  { what: 'the TXT record', because: new Failure('acme.dns-script-failed', 'It ended with code 1.') },
];

async function awaited(
  status: OrderStatus,
  does: { left?: NotCleared[]; remark?: Remark; meanwhile?: () => void } = {},
) {
  const authority = {
    async poll() {
      does.meanwhile?.();
      return status;
    },
    async collect(_handle, remark) {
      if (does.remark !== undefined) remark?.(does.remark);
      return world.leaf.chainPem;
    },
    cleanUp: async () => does.left ?? [],
  } as Partial<Authority> as Authority;
  const bound = { ...world.plan.bound, authority: authorityHash(ca()) };
  const outputs = { plan: { plan: { ...world.plan, bound } } };
  const outcome = await awaitCertificateStep.run(world.context(outputs, { authority: () => authority }));
  outcome.store?.();
  return outcome;
}
const noted = () => world.database.leftovers.get(world.row.task.id);
const refused: OrderStatus = {
  state: 'refused',
  because: new Failure('acme.caa', 'It is forbidden.').toData(),
};

describe('an order that has come to its end', () => {
  test('leaves nothing where the CA removed what proved control', async () => {
    expect(await awaited({ state: 'ready' })).toMatchObject({ kind: 'done' });
    expect(noted()).toBeNull();
    expect(world.database.orders.ofTask(world.row.task.id)).toMatchObject({ state: 'collected' });
  });

  test('is a warning where that could not be removed, which is noted to be tried again', async () => {
    expect(await awaited({ state: 'ready' }, { left })).toMatchObject({
      kind: 'done-with-warning',
      sentence: expect.stringContaining(
        'The TXT record was not removed: It ended with code 1. Trustkeep will try',
      ),
    });
    expect(noted()?.proofs).toMatchObject({ handle, settings: authorityHash(ca()), names: world.plan.names });
  });

  test('has noted the settings that were approved, whatever they are by then', async () => {
    const changed = { ...ca(), settings: acmeSettings({ preferredChain: 'Other Root' }) };
    await awaited({ state: 'ready' }, { left, meanwhile: () => world.database.authorities.update(changed) });
    expect(noted()?.proofs?.settings).toBe(authorityHash(ca()));
  });

  test('with a refusal has the same noted', async () => {
    expect(await awaited(refused, { left })).toMatchObject({ kind: 'failed', failure: { code: 'acme.caa' } });
    expect(noted()?.proofs).toMatchObject({ handle });
  });

  test('is a warning where the chain is not the one that was wished, and says so', async () => {
    const remark = { sentence: 'Its usual chain is used.', warning: true };
    expect(await awaited({ state: 'ready' }, { remark })).toMatchObject({
      ...{ kind: 'done-with-warning', sentence: expect.stringContaining('Its usual chain is used.') },
    });
  });
});
