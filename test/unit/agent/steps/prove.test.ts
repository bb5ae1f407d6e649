import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, proofs, type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { proveStep } from '../../../../electron/agent/steps/prove.ts';
import type { ProbeTls, TlsAnswer } from '../../../../electron/agent/steps/step.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
});
afterEach(() => world.remove());

type Asked = Parameters<ProbeTls>[0];
const prove = (probeTls: (asked: Asked) => TlsAnswer, proofPatienceMs = 5000) =>
  proveStep.run(world.context({}, { probeTls: async (asked) => probeTls(asked), proofPatienceMs }));
const silent: TlsAnswer = { kind: 'no-answer', code: 'ECONNREFUSED', sentence: 'It does not answer.' };
const notServed = (sentence: string) => ({
  kind: 'failed',
  failure: { code: 'install.not-served', message: expect.stringContaining(sentence) },
});

describe('a new certificate is proved to be served', () => {
  test('when every address shows it with its chain, and then the node says so', async () => {
    const outcome = await prove(() => world.shown);
    expect(outcome).toMatchObject({ kind: 'done', output: { proved: true } });
    if (outcome.kind === 'done') outcome.store?.();
    expect(world.database.nodes.get(world.node.id)?.served).toMatchObject({
      ...{ state: 'same', fingerprint: world.certificate.fingerprint },
    });
  });

  test('by asking for the kind of key that was installed, where a server has two certificates', async () => {
    const rsa = answerOf(['e'.repeat(64)]);
    const outcome = await prove(({ keyAlgorithm }) => (keyAlgorithm === 'ecdsa' ? world.shown : rsa));
    expect(outcome.kind).toBe('done');
  });

  test('once workers of before have ended, however they take turns meanwhile', async () => {
    const answers = [world.before, world.before, world.shown, world.before, world.before];
    let asked = 0;
    const outcome = await prove(() => answers[asked++] ?? world.shown);
    expect(outcome.kind).toBe('done');
    expect(asked).toBeGreaterThan(answers.length);
  });
});

describe('a second look at a new certificate', () => {
  const waitedAfter = async (restart: unknown) => {
    const probeTls = async () => world.shown;
    const before = world.clock.monotonic();
    await proveStep.run(world.context({ restart }, { probeTls, clock: world.clock }));
    return world.clock.monotonic() - before;
  };

  test('waits for workers of before to end, unless the endpoint showed that they have', async () => {
    expect(await waitedAfter({ settled: true })).toBe(0);
    for (const restart of [{}, { settled: false }]) expect(await waitedAfter(restart)).toBeGreaterThan(0);
  });
});

describe('a new certificate is not proved to be served', () => {
  test('when one address of several shows another', async () => {
    for (const port of proofs.map((proof) => proof.port)) {
      const outcome = await prove((asked) => (asked.port === port ? world.before : world.shown));
      expect(outcome).toMatchObject(notServed(`port ${port} (shop.example): it still shows another`));
    }
  });

  test('when an address does not answer', async () => {
    expect(await prove(({ port }) => (port === 443 ? silent : world.shown))).toMatchObject(
      notServed('It does not answer.'),
    );
  });

  test('when its intermediate is missing, another one, or a certificate too early', async () => {
    const [leaf = '', intermediate = ''] = world.shown.chainFingerprints;
    for (const chain of [[leaf], [leaf, 'e'.repeat(64)], [leaf, 'e'.repeat(64), intermediate]])
      expect(await prove(() => answerOf(chain))).toMatchObject(notServed('without its full chain'));
  });

  test('when one handshake in two shows the one of before until patience ends', async () => {
    const asked = new Map<number, number>();
    const outcome = await prove(({ port }) => {
      const count = (asked.get(port) ?? 0) + 1;
      asked.set(port, count);
      return count % 2 === 1 ? world.shown : world.before;
    });
    expect(outcome.kind).toBe('failed');
  });

  test('and the hint says whether the server serves the previous one or something else answers', async () => {
    const hint = async (answer: TlsAnswer) => {
      const outcome = await prove(() => answer);
      return outcome.kind === 'failed' ? outcome.failure.hint : null;
    };
    expect(await hint(world.before)).toContain('still serves the previous certificate');
    expect(await hint(answerOf(['e'.repeat(64)]))).toContain('proxy or load balancer');
  });

  test('when no address is known: a warning says so, and the node claims nothing', async () => {
    world.plan.install.proofs = [];
    const outcome = await prove(() => world.shown);
    expect(outcome).toMatchObject({ kind: 'done-with-warning', output: { proved: false } });
    if (outcome.kind === 'done-with-warning') outcome.store?.();
    expect(world.database.nodes.get(world.node.id)?.served).toMatchObject({
      ...{ state: 'unknown', fingerprint: null },
    });
  });
});
