import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { posix } from '#shared/model/changes/ownership.ts';
import { now } from '#test/make/database.ts';
import { proofs, type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { aTask } from '#test/make/task-rows.ts';
import { snapshotSeal } from '../../../../electron/agent/steps/seal-snapshot.ts';
import { snapshotStep } from '../../../../electron/agent/steps/snapshot.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

describe('keeping what is there', () => {
  const keep = () =>
    snapshotStep.run(
      world.context({}, { probeTls: async ({ port }) => (port === 443 ? world.before : silent) }),
    );
  const silent = { kind: 'no-answer', code: 'ECONNREFUSED', sentence: 'It does not answer.' } as const;

  test('begins with whether it is still what was planned for, and copies nothing otherwise', async () => {
    await keep();
    expect(world.asked).toEqual(['checkDrift', 'snapshot']);
    world.asked.length = 0;
    world.adapter.checkDrift = () => Promise.reject(new Error('drifted'));
    await expect(keep()).rejects.toThrow('drifted');
    expect(world.asked).toEqual([]);
  });

  test('notes what each address shows, and nothing of one that does not answer', async () => {
    const outcome = await keep();
    expect(outcome).toMatchObject({
      output: {
        baseline: [
          { port: 443, leaf: world.before.leafFingerprint },
          { port: 8443, leaf: null },
        ],
      },
    });
  });

  test('asks for the certificate of the kind of key that is there, not of the new one', async () => {
    world.plan.keyType = 'rsa-2048';
    const asked: unknown[] = [];
    await snapshotStep.run(
      world.context(
        {},
        {
          async probeTls({ keyAlgorithm }) {
            asked.push(keyAlgorithm);
            return world.before;
          },
        },
      ),
    );
    expect(asked).toEqual(proofs.map(() => 'ecdsa'));
  });

  test('seals nothing that is not what the plan changes', async () => {
    world.adapter.checkSnapshot = () => Promise.reject(new Error('another one'));
    await expect(keep()).rejects.toThrow('another one');
    expect(world.database.secrets.list(world.row.task.id)).not.toContain('snapshot');
  });

  test('seals what it kept before anything is changed', async () => {
    await keep();
    const kept = {
      ...world.kept,
      baseline: proofs.map((proof, at) =>
        at === 0
          ? { ...proof, leaf: world.before.leafFingerprint, chain: world.before.chainFingerprints }
          : { ...proof, leaf: null },
      ),
    };
    expect(snapshotSeal.isOf(world.database, world.row.task.id, kept)).toBe(true);
  });
});

describe('what other tasks changed on the endpoint is told to the comparison with the plan', () => {
  const ownership = posix('root', 'root', 0o644);
  const changed = {
    ...{ kind: 'file' as const, path: '/etc/x.conf', holds: 'configuration' as const },
    before: { sha256: 'a'.repeat(64), size: 1, ownership },
    after: { sha256: 'b'.repeat(64), ownership },
  };

  /** What is told when that other task ended meanwhile. */
  async function told(given: Parameters<typeof aTask>[0] = {}): Promise<number> {
    const plan = { ...world.plan, install: { ...world.plan.install, changes: [changed] } };
    const other = aTask({
      ...{ endpointId: world.endpoint.id, nodeId: 'node_2', state: 'succeeded', finishedAt: now + 1 },
      ...given,
    });
    world.database.tasks.insert({
      ...other,
      memory: { ...other.memory, outputs: { 'check-material': { plan } } },
    });
    let count = -1;
    world.adapter.checkDrift = async (_plan, own) => {
      count = own?.length ?? 0;
    };
    await snapshotStep.run(world.context({}, { probeTls: async () => world.before }));
    return count;
  }

  test('when it succeeded on this endpoint after this one was begun', async () => {
    expect(await told()).toBe(1);
  });

  test('also with warnings', async () => {
    expect(await told({ state: 'succeeded-with-warnings' })).toBe(1);
  });

  test('and not when it is of another endpoint, where a file may have the same path', async () => {
    expect(await told({ endpointId: 'ep_9' })).toBe(0);
  });

  test('and not when it ended before this one was begun: its work was there when the plan was made', async () => {
    expect(await told({ finishedAt: now - 1 })).toBe(0);
  });

  test('and not when it failed: it put everything back', async () => {
    expect(await told({ state: 'failed' })).toBe(0);
  });
});
