import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Plan } from '#shared/model/plan.ts';
import { anAuthority } from '#test/make/rows.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { checkMaterialStep } from '../../../../electron/agent/steps/check-material.ts';
import { certificateSeal, checkedSeal } from '../../../../electron/agent/steps/seal-issued.ts';
import type { Authority } from '../../../../electron/providers/authorities/authority.ts';
import type { Material } from '../../../../electron/providers/endpoints/endpoint.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

describe('what may be installed', () => {
  const trusted = { machineRoots: () => [world.ca.certPem] };
  const check = (tools = trusted) => checkMaterialStep.run(world.context({}, tools));
  const unfit = { code: 'material.unfit' };

  test('is a certificate for this key, these names and this day; then the plan is filled in', async () => {
    const change = {
      ...{ kind: 'file' as const, path: '/etc/x.crt', holds: 'certificate' as const, before: null },
      after: {
        sha256: null,
        ownership: posix('root', 'root', 0o644),
      },
    };
    world.plan.install.changes = [change];
    world.adapter.afterHashes = async () => ({ '/etc/x.crt': 'b'.repeat(64) });
    const outcome = await check();
    const { plan } = (outcome as { output: { plan: Plan } }).output;
    expect(checkedSeal.isOf(world.database, world.row.task.id, plan)).toBe(true);
    expect(checkedSeal.isOf(world.database, world.row.task.id, world.plan)).toBe(false);
    expect(outcome).toMatchObject({
      ...{ kind: 'done', sentence: expect.stringContaining('The chain is complete') },
      output: { plan: { install: { changes: [{ after: { sha256: 'b'.repeat(64) } }] } } },
    });
  });

  test('is none that is not the one that was collected', async () => {
    const { certificate, database } = world;
    const other = { ...certificate, orderNumber: 7, chainPem: `${certificate.chainPem}another line` };
    database.certificates.upsert(other);
    await expect(check()).rejects.toMatchObject({
      code: 'approval.other-certificate',
      message: 'The stored certificate or chain is not the one that was collected from Local CA.',
    });
    expect(world.asked).toEqual([]);
  });

  test('is none that lacks a name of the plan, whatever names it has', async () => {
    world.plan.names = ['shop.example', 'www.shop.example'];
    await expect(check()).rejects.toMatchObject(unfit);
    expect(world.asked).toEqual([]);
  });

  test('is none for another kind of key than was approved', async () => {
    world.plan.keyType = 'ec-p384';
    await expect(check()).rejects.toMatchObject(unfit);
  });

  test('is none that expired while the plan waited', async () => {
    const clock = { ...world.clock, now: () => world.certificate.notAfter + 1 };
    const context = world.context({}, { ...trusted, clock });
    await expect(checkMaterialStep.run(context)).rejects.toMatchObject(unfit);
  });

  test('with a chain that ends below nothing known is told: alone as a warning', async () => {
    expect(await check({ machineRoots: () => [] })).toMatchObject({
      ...{ kind: 'done', sentence: expect.stringContaining('was not proved') },
    });
    const { leaf, certificate, database } = world;
    const alone = { ...certificate, orderNumber: 7, chainPem: leaf.certPem };
    database.certificates.upsert(alone);
    certificateSeal.put(database, world.row.task.id, alone);
    expect((await check({ machineRoots: () => [] })).kind).toBe('done-with-warning');
  });

  test('is known to be complete below a root that the authority names, or that it is set to trust', async () => {
    const complete = { kind: 'done', sentence: expect.stringContaining('The chain is complete') };
    const { database, plan, ca } = world;
    const authority = anAuthority({ id: plan.authority.id });
    database.authorities.insert(authority);
    const named = (root?: () => Promise<{ pem: string; fingerprint: string }>) =>
      checkMaterialStep.run(world.context({}, { authority: () => ({ root }) as unknown as Authority }));
    expect(await named(async () => ({ pem: ca.certPem, fingerprint: '' }))).toMatchObject(complete);
    const acme = {
      ...{ kind: 'acme' as const, directoryUrl: 'https://ca.example/directory', contact: [], eabKeyId: null },
      ...{ profile: null, termsAgreed: true, trustedRootsPem: ca.certPem },
      validation: { method: 'http-01-web-root' as const, webRoot: null },
    };
    database.authorities.update({ ...authority, kind: 'acme', settings: acme });
    expect(await named()).toMatchObject(complete);
  });

  test('is hashed with its key, which is wiped afterwards', async () => {
    let used: Material['key'] | undefined;
    world.adapter.afterHashes = async (_plan, { key }) => {
      used = key;
      return {};
    };
    await check();
    if (used?.where !== 'agent') throw new Error('no key was given');
    const { pem } = used;
    expect(() => pem.text()).toThrow();
  });
});
