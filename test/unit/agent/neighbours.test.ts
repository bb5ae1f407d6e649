import { describe, expect, test } from 'vitest';
import type { InstallPlan, PlannedNeighbour } from '#shared/model/plan.ts';
import { comparedSentence, disturbedAround, lookAround } from '../../../electron/agent/steps/neighbours.ts';
import type { StepContext, StepTools, TlsAnswer } from '../../../electron/agent/steps/step.ts';

const at = { address: '127.0.0.1', port: 443 };
const blog: PlannedNeighbour = {
  ...{ ...at, serverName: 'blog.example', who: 'server blog.example' },
  ...{ expects: 'as-before', onDisk: null },
};
const twin: PlannedNeighbour = { ...blog, serverName: 'twin.example', expects: 'new-certificate' };
const plain = { address: '127.0.0.1', port: 80 };
const install = { neighbours: [blog, twin], listeners: [plain] } as Partial<InstallPlan> as InstallPlan;

const shows = (...chain: string[]): TlsAnswer => ({
  ...{ kind: 'certificate', chainFingerprints: chain, leafFingerprint: chain[0] ?? '' },
  ...{ keyFingerprint: '', leafPem: '' },
});
const silent: TlsAnswer = { kind: 'no-answer', code: 'refused', sentence: 'Nothing listens there.' };

/** A server whose answers are those of `world` at the moment; time passes only when it is slept. */
function tools(world: { blog: TlsAnswer; twin: TlsAnswer; up: boolean; slept?: () => void }) {
  let now = 0;
  return {
    probeTls: async ({ serverName }) => (serverName === 'blog.example' ? world.blog : world.twin),
    acceptsConnections: async () => world.up,
    proofPatienceMs: 2000,
    signal: new AbortController().signal,
    clock: {
      now: () => now,
      after: () => ({ cancel: () => {} }),
      monotonic: () => now,
      sleep: async (ms: number) => {
        now += ms;
        world.slept?.();
      },
    },
  } as Partial<StepTools> as StepTools;
}

const before = { blog: shows('b', 'ca'), twin: shows('t', 'ca'), up: true };
const around = await lookAround(tools(before), install);
const compared = (world: Parameters<typeof tools>[0], newChain: string[] | null = ['n', 'ca']) =>
  disturbedAround({ tools: tools(world) } as Partial<StepContext> as StepContext, around, newChain);

describe('what else a server serves', () => {
  test('is right when each shows what the plan announced', async () => {
    expect(await compared({ ...before, twin: shows('n', 'ca', 'root') })).toBeNull();
    expect(comparedSentence(around)).toBe(
      ' Beside it: 1 other name still served as before, 1 listener still up.',
    );
  });

  test.each([
    ['another certificate', { ...before, blog: shows('x', 'ca') }, /^shows another certificate than before/],
    ['another chain', { ...before, blog: shows('b') }, /another chain than before/],
    ['a longer chain', { ...before, blog: shows('b', 'ca', 'root') }, /another chain than before/],
    ['nothing', { ...before, blog: silent }, /^no longer completes a TLS handshake: Nothing listens there$/],
    ['no listener', { ...before, up: false }, /^no longer accepts connections$/],
    ['still the old one where it is replaced', before, /^does not show the new certificate/],
    ['the new one without its chain', { ...before, twin: shows('n') }, /without its full chain/],
  ])('is wrong with %s', async (_what, world, sentence) => {
    const twinIsRight = world.twin === before.twin && !String(sentence).includes('new certificate');
    const found = await compared({ ...world, ...(twinIsRight ? { twin: shows('n', 'ca') } : {}) });
    expect(found?.sentence).toMatch(sentence);
  });

  test('shows all that it showed, after a restore', async () => {
    expect(await compared(before, null)).toBeNull();
    expect((await compared({ ...before, twin: shows('n', 'ca') }, null))?.sentence).toMatch(/than before/);
  });

  test('is waited for while old workers drain', async () => {
    let rounds = 0;
    const world = { ...before };
    const slept = () => {
      rounds += 1;
      if (rounds === 3) world.twin = shows('n', 'ca');
    };
    expect(await compared(Object.assign(world, { slept }))).toBeNull();
    expect(rounds).toBe(3);
  });

  test('may be what somebody else left on its disk, which the reload loads', async () => {
    const left = await lookAround(tools(before), { ...install, neighbours: [{ ...blog, onDisk: 'x' }] });
    const context = { tools: tools({ ...before, blog: shows('x') }) } as Partial<StepContext> as StepContext;
    expect(await disturbedAround(context, left, ['n'])).toBeNull();
  });

  test('that did not answer before is not asked for, and is named', async () => {
    const half = await lookAround(tools({ ...before, blog: silent, up: false }), install);
    const context = { tools: tools({ blog: silent, twin: shows('n', 'ca'), up: false }) };
    expect(await disturbedAround(context as StepContext, half, ['n', 'ca'])).toBeNull();
    expect(comparedSentence(half)).toContain('1 other name did not answer before and could not be compared');
  });

  test('is not looked at where the plan knows of none', async () => {
    expect(await lookAround(tools(before), {} as InstallPlan)).toBeUndefined();
    expect(comparedSentence(undefined)).toBe('');
  });
});
