import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Authority as AuthorityRow } from '#shared/model/authority.ts';
import type { Order } from '#shared/model/order.ts';
import { anOrder } from '#test/make/certificate-rows.ts';
import { now } from '#test/make/database.ts';
import { acmeSettings, anAuthority } from '#test/make/rows.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { anApproval } from '#test/make/task-rows.ts';
import { clearLeft, leftBy } from '../../../electron/agent/certificates/left.ts';
import { authorityHash, bindingOf } from '../../../electron/agent/plans/binding.ts';
import { planFingerprint } from '../../../electron/agent/plans/certify.ts';
import type { Left } from '../../../electron/agent/steps/leave.ts';
import { handleSeal } from '../../../electron/agent/steps/seal-issued.ts';
import { sealYes } from '../../../electron/agent/steps/seal-yes.ts';
import { freshStep } from '../../../electron/agent/tasks/kinds.ts';
import type { Authority, NotCleared } from '../../../electron/providers/authorities/authority.ts';

let world: StepWorld;
let ca: AuthorityRow;
let order: Order;
const handle = { at: 'the CA' };

/** A task whose approved order is at the CA. */
beforeEach(() => {
  world = stepWorld();
  const { database, endpoint, row } = world;
  ca = anAuthority({ id: world.plan.authority.id, kind: 'acme', settings: acmeSettings() });
  database.authorities.insert(ca);
  const planned = { ...world.plan, bound: bindingOf(endpoint, ca), webRoot: '/srv/www' };
  const plan = { ...planned, fingerprint: planFingerprint(planned) };
  const approval = anApproval({ taskId: row.task.id, plan, state: 'approved' });
  database.approvals.insert(approval);
  sealYes(database, approval);
  row.memory.outputs = { plan: { plan } };
  const { names, terms } = plan;
  const at = { authorityId: ca.id, taskId: row.task.id, nodeId: world.node.id };
  order = database.orders.insert(anOrder({ ...at, names, terms, state: 'pending', handle }));
  handleSeal.put(database, row.task.id, order);
});
afterEach(() => world.remove());

const changeSettings = () =>
  world.database.authorities.update({ ...ca, settings: acmeSettings({ preferredChain: 'Other Root' }) });

describe('what a task that ends may leave', () => {
  const left = () => leftBy(world.row, world);
  const begin = (name: 'make-key') => world.row.task.steps.push({ ...freshStep(name), startedAt: now });

  test('is what proves control of its names, with the settings that were approved', () => {
    const { id: authorityId } = ca;
    const { names } = world.plan;
    const settings = authorityHash(ca);
    expect(left()).toEqual({
      proofs: { authorityId, settings, names, handle, webRoot: '/srv/www' },
      kept: null,
    });
  });

  test('is told to be of settings that nobody approved when they have changed', () => {
    changeSettings();
    expect(left()?.proofs?.settings).toBe('not approved');
  });

  test('is nothing of an order that is not as Trustkeep stored it, or whose proofs were removed with its end', () => {
    world.database.orders.update({ ...order, handle: { at: 'elsewhere' } });
    expect(left()).toBeNull();
    for (const state of ['collected', 'refused'] as const) {
      world.database.orders.update({ ...order, state });
      expect(left()).toBeNull();
    }
  });

  test('is on the endpoint from the moment that a key may have been made there', () => {
    expect(left()?.kept).toBeNull();
    begin('make-key');
    expect(left()?.kept).toEqual({ snapshot: null, keyPath: null });
  });

  test.each([
    ['the restore is not proved', { restored: 'unproved' }],
    ['the restore failed', { restored: 'failed' }],
  ] as const)('stays on the endpoint where %s', (_what, end) => {
    begin('make-key');
    Object.assign(world.row.task, end);
    expect(left()).toMatchObject({ kept: null, proofs: { handle } });
  });

  test('is nothing where a backup was restored: the agent it was made on may be at work with that order', () => {
    begin('make-key');
    world.row.task.failure = new Failure('task.restored', 'It was.').toData();
    expect(left()).toBeNull();
  });
});

describe('clearing up', () => {
  let cleaned: (string | undefined)[];
  let notCleared: NotCleared[];
  beforeEach(() => {
    [cleaned, notCleared] = [[], []];
  });
  const because = new Failure('acme.dns-script-failed', 'It ended with code 1.');
  const proofs = () => ({
    ...{ authorityId: ca.id, settings: authorityHash(ca), names: ['shop.example'], handle, webRoot: null },
  });
  const kept = { snapshot: null, keyPath: '/etc/ssl/.trustkeep-1' };

  function clear(left: Partial<Left>) {
    const authority = {
      async cleanUp(_handle, _request, tools, what) {
        cleaned.push(what);
        tools.remember('what is left');
        return notCleared;
      },
    } as Partial<Authority> as Authority;
    const { tools } = world.context({}, { authority: () => authority });
    return clearLeft({ proofs: null, kept: null, ...left }, world.row.task, tools);
  }
  const nothing = { left: null, because: null, gaveUp: null };

  test('removes everything by the settings that were approved', async () => {
    expect(await clear({ proofs: proofs(), kept })).toEqual(nothing);
    expect(cleaned).toEqual(['all']);
    expect(world.asked).toEqual([`discard ${world.row.task.id.slice(5)}`]);
  });

  test('tries again what the CA could not remove, and what is left of it alone', async () => {
    notCleared = [{ what: 'the TXT record', because }];
    expect(await clear({ proofs: proofs() })).toEqual({
      left: { proofs: { ...proofs(), handle: 'what is left' }, kept: null },
      because: 'The TXT record was not removed: It ended with code 1.',
      gaveUp: null,
    });
  });

  test('removes only what this machine answers by settings that nobody approved, and tells of the rest', async () => {
    changeSettings();
    notCleared = [{ what: 'the TXT record', because }];
    expect(await clear({ proofs: proofs() })).toEqual({
      ...{ left: null, because: null },
      gaveUp: 'The TXT record was not removed: It ended with code 1.',
    });
    expect(cleaned).toEqual(['own listeners']);
  });

  test('tries again what the endpoint could not remove', async () => {
    world.adapter.discard = () => Promise.reject(new Failure('file.denied', 'The disk is read-only.'));
    expect(await clear({ kept })).toEqual({
      ...{ left: { proofs: null, kept }, because: 'The disk is read-only.', gaveUp: null },
    });
  });

  test('tells what it can never remove: authority or endpoint are gone', async () => {
    world.database.authorities.remove(ca.id);
    expect(await clear({ proofs: proofs() })).toMatchObject({
      ...{ left: null, gaveUp: expect.stringContaining('TXT records for shop.example may be left') },
    });
    world.row.task.subject = { kind: 'endpoint', id: 'ep_gone', name: 'web', within: null };
    expect(await clear({ kept })).toMatchObject({
      ...{ left: null, gaveUp: expect.stringContaining('files named .trustkeep-') },
    });
    expect(await clear({ proofs: { ...proofs(), webRoot: '/srv/www' } })).toMatchObject({
      ...{ left: null, gaveUp: expect.stringContaining('may be left below /srv/www') },
    });
  });
});
