import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { now } from '#test/make/database.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { finishStep } from '../../../../electron/agent/steps/finish.ts';
import type { Outcome } from '../../../../electron/agent/steps/step.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

const stored = async (running: Promise<Outcome>): Promise<Outcome> => {
  const outcome = await running;
  outcome.store?.();
  return outcome;
};

describe('finishing', () => {
  const finish = (proved = true) => stored(finishStep.run(world.context({ prove: { proved } })));

  test('removes the copies and reads the nodes again', async () => {
    const found = await world.adapter.nodes();
    const { certificate } = world;
    world.adapter.nodes = async () => found.map((one) => ({ ...one, certificate }));
    expect((await finish()).kind).toBe('done');
    expect(world.asked).toContain(`discard ${world.row.task.id.slice(5)}`);
    expect(world.database.nodes.get(world.node.id)?.certificate?.fingerprint).toBe(certificate.fingerprint);
  });

  test('schedules the renewal of the new certificate and asks the authority for its window', async () => {
    await finish();
    expect(world.database.renewals.get(world.node.id)).toMatchObject({
      ...{ fingerprint: world.certificate.fingerprint, because: 'fraction', ariAskAgainAt: now },
    });
  });

  test('schedules nothing where auto-renew is off', async () => {
    const { endpoint, database } = world;
    database.endpoints.update({ ...endpoint, policy: { ...endpoint.policy, autoRenew: false } });
    await finish();
    expect(database.renewals.get(world.node.id)).toBeNull();
  });

  test('is a warning when the copies cannot be removed: the certificate is served all the same', async () => {
    world.adapter.discard = () => Promise.reject(new Error('read-only file system'));
    expect(await finish()).toMatchObject({
      ...{ kind: 'done-with-warning', sentence: expect.stringContaining('read-only file system') },
    });
    expect(world.database.leftovers.get(world.row.task.id)).toMatchObject({
      ...{ kept: { snapshot: world.kept.snapshot, keyPath: null }, attempts: 1 },
      because: expect.stringContaining('read-only file system'),
    });
    expect(world.database.renewals.get(world.node.id)).not.toBeNull();
  });

  test('is a warning when the nodes cannot be read, and the copies are removed all the same', async () => {
    world.adapter.nodes = () => Promise.reject(new Error('nginx is upgraded right now'));
    expect(await finish()).toMatchObject({
      ...{ kind: 'done-with-warning', sentence: expect.stringContaining('nginx is upgraded right now') },
    });
    expect(world.asked).toContain(`discard ${world.row.task.id.slice(5)}`);
  });

  test('says in the audit whether it was proved', async () => {
    await finish(false);
    expect(world.database.audit.list(undefined, 1)[0]?.sentence).toMatch(/, not proved to be served\.$/);
    await finish(true);
    expect(world.database.audit.list(undefined, 1)[0]?.sentence).toMatch(/, proved to be served\.$/);
  });
});
