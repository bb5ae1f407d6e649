import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { FileState } from '#shared/model/changes/file.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import { aFoundNode, certificateFacts } from '#test/make/certificate-rows.ts';
import { now } from '#test/make/database.ts';
import { answerOf, type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { proveRestoreStep, restoreStep } from '../../../../electron/agent/steps/restore.ts';
import type { ProbeTls, TlsAnswer } from '../../../../electron/agent/steps/step.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

const state: FileState = { sha256: 'ab', size: 1, ownership: posix('root', 'root', 0o600) };
const restarting = (restart: () => Promise<void>) =>
  Object.assign(world.adapter, { powers: { ...world.adapter.powers, restarts: { restart } } });

describe('putting back', () => {
  test('restores what was kept and has the server load it', async () => {
    expect(await restoreStep.run(world.context())).toMatchObject({ kind: 'done', output: { exact: true } });
    expect(world.asked).toEqual(['restore', 'restart']);
  });

  test('has the install script take what is back, before the server loads it, and leaves its failure to the proof', async () => {
    const runInstallScript = async () => {
      world.asked.push('install script');
      return { code: 3, said: 'nothing to take.' };
    };
    Object.assign(world.adapter, { powers: { ...world.adapter.powers, runsScripts: { runInstallScript } } });
    const outcome = (before: FileState | null) => {
      const after = { sha256: null, ownership: state.ownership };
      const changes = [{ kind: 'file', path: '/a.pem', holds: 'certificate', before, after } as const];
      const plan = { ...world.plan, install: { ...world.plan.install, changes } };
      return restoreStep.run(world.context({ plan: { plan } }));
    };
    const sentence = expect.stringContaining('ran again and ended with code 3: nothing to take. ');
    expect(await outcome(state)).toMatchObject({ kind: 'done', sentence });
    expect(world.asked).toEqual(['restore', 'install script', 'restart']);
    world.asked.length = 0;
    await outcome(null);
    expect(world.asked).toEqual(['restore', 'restart']);
  });

  test.each(['snapshot.other', 'snapshot.gone'] as const)(
    'does nothing when it is refused: %s',
    async (code) => {
      world.adapter.checkSnapshot = async () => {
        throw new Failure(code, 'This is not it.');
      };
      await expect(restoreStep.run(world.context())).rejects.toMatchObject({
        ...{ code: 'restore.not-approved', message: 'Nothing was restored: This is not it.' },
      });
      expect(world.asked).toEqual([]);
    },
  );

  test('fails when not everything is back, and then nothing is loaded', async () => {
    world.adapter.restore = async () => ({ exact: false, sentence: 'One file differs.' });
    await expect(restoreStep.run(world.context())).rejects.toMatchObject({ code: 'restore.not-exact' });
    expect(world.asked).toEqual([]);
  });

  test('is tried again when a person has to fix what is in its way', async () => {
    world.adapter.restore = async () => {
      throw new Failure('file.disk-full', 'There is no space.');
    };
    const failure = { code: 'file.disk-full', message: 'There is no space.', retry: 'later' };
    await expect(restoreStep.run(world.context())).rejects.toMatchObject(failure);
  });

  test('leaves it to the proof when the server refuses to load it', async () => {
    restarting(() =>
      Promise.reject(
        new Failure('endpoint.restart-failed', 'nginx rejected its configuration.', { retry: 'never' }),
      ),
    );
    expect(await restoreStep.run(world.context())).toMatchObject({
      ...{ kind: 'done', sentence: expect.stringContaining('nginx rejected its configuration.') },
    });
  });

  test('is tried again when the connection was lost before the server was told', async () => {
    restarting(() =>
      Promise.reject(new Failure('connection.lost', 'The connection was lost.', { retry: 'later' })),
    );
    await expect(restoreStep.run(world.context())).rejects.toMatchObject({ code: 'connection.lost' });
  });
});

describe('that the previous certificate is served again', () => {
  const restored = { restore: { exact: true, sentence: 'Everything is back.' } };
  type Asked = Parameters<ProbeTls>[0];
  const prove = (probeTls: (asked: Asked) => TlsAnswer) =>
    proveRestoreStep.run(world.context(restored, { probeTls: async (asked) => probeTls(asked) }));
  const cleared = () => world.asked.some((one) => one.startsWith('discard'));
  const notServed = { code: 'restore.not-served' };

  test('is proved by every address, and then the copies are removed', async () => {
    const outcome = await prove(() => world.before);
    expect(outcome.kind).toBe('done');
    expect(world.asked).toEqual([`discard ${world.row.task.id.slice(5)}`]);
    if (outcome.kind === 'done') outcome.store?.();
    expect(world.database.nodes.get(world.node.id)?.served).toMatchObject({
      ...{ state: 'same', fingerprint: world.before.leafFingerprint },
    });
  });

  test('is proved also where the copies cannot be removed, which is noted to be tried again', async () => {
    world.adapter.discard = () => Promise.reject(new Failure('file.read-only', 'It is read-only.'));
    const outcome = await prove(() => world.before);
    if (outcome.kind === 'done') outcome.store?.();
    expect(world.database.leftovers.get(world.row.task.id)).toMatchObject({
      ...{ kept: { snapshot: world.kept.snapshot, keyPath: null }, because: 'It is read-only.' },
    });
  });

  test('is not proved while an address shows the new one, and the copies stay for a person', async () => {
    await expect(prove(({ port }) => (port === 443 ? world.before : world.shown))).rejects.toMatchObject(
      notServed,
    );
    expect(cleared()).toBe(false);
  });

  test('is not proved by an address that no longer answers', async () => {
    const silent = { kind: 'no-answer', code: 'ECONNREFUSED', sentence: 'It does not answer.' } as const;
    await expect(prove(() => silent)).rejects.toMatchObject(notServed);
    expect(cleared()).toBe(false);
  });

  test('is proved of each address by what that one showed', async () => {
    const other = answerOf(['e'.repeat(64)]);
    const [first, second] = world.kept.baseline;
    if (first === undefined || second === undefined) throw new Error('two addresses are needed');
    world.kept.baseline = [first, { ...second, leaf: other.leafFingerprint }];
    expect((await prove(({ port }) => (port === 443 ? world.before : other))).kind).toBe('done');
    await expect(prove(() => world.before)).rejects.toMatchObject(notServed);
  });

  test('is also proved by the certificate in the restored files, which no address had loaded before', async () => {
    const loaded = answerOf(['d'.repeat(64)]);
    world.kept.snapshot = { ...world.kept.snapshot, previousFingerprint: loaded.leafFingerprint };
    const outcome = await prove(() => loaded);
    expect(outcome).toMatchObject({
      kind: 'done',
      sentence: expect.stringContaining('the certificate in the restored files is served'),
    });
    if (outcome.kind === 'done') outcome.store?.();
    expect(world.database.nodes.get(world.node.id)?.served).toMatchObject({
      ...{ state: 'same', fingerprint: loaded.leafFingerprint },
    });
    expect(await prove(() => world.before)).toMatchObject({
      sentence: expect.stringContaining('the previous certificate is served again'),
    });
    await expect(prove(() => world.shown)).rejects.toMatchObject(notServed);
  });

  test('is asked for by the kind of key of before, where a server has two certificates', async () => {
    world.plan.keyType = 'rsa-2048';
    const rsa = answerOf(['e'.repeat(64)]);
    const outcome = await prove(({ keyAlgorithm }) => (keyAlgorithm === 'ecdsa' ? world.before : rsa));
    expect(outcome.kind).toBe('done');
  });

  test('is asked for so although a discovery met the new certificate meanwhile', async () => {
    const { database, endpoint } = world;
    const certificate = certificateFacts('new one', { keyType: 'rsa-2048' });
    database.nodes.reconcile(endpoint.id, [aFoundNode('shop', { certificate })], now);
    const silent = { kind: 'no-answer', code: 'handshake', sentence: 'It has no RSA certificate.' } as const;
    const outcome = await prove(({ keyAlgorithm }) => (keyAlgorithm === 'ecdsa' ? world.before : silent));
    expect(outcome.kind).toBe('done');
  });

  test('is asked of no address that answered nothing before, and of none at all it is no proof', async () => {
    const silent = { kind: 'no-answer', code: 'ECONNREFUSED', sentence: 'It does not answer.' } as const;
    const [first, second] = world.kept.baseline;
    if (first === undefined || second === undefined) throw new Error('two addresses are needed');
    world.kept.baseline = [first, { ...second, leaf: null }];
    expect((await prove(({ port }) => (port === 443 ? world.before : silent))).kind).toBe('done');
    world.kept.baseline = [{ ...first, leaf: null }];
    expect((await prove(() => silent)).kind).toBe('done-with-warning');
  });

  test('is not asked before anything was put back', async () => {
    const context = world.context({}, { probeTls: async () => world.before });
    await expect(proveRestoreStep.run(context)).rejects.toMatchObject({ code: 'task.damaged' });
  });
});
