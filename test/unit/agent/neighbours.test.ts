import { describe, expect, test } from 'vitest';
import type { InstallPlan, PlannedNeighbour } from '#shared/model/plan.ts';
import { compareAround, comparedSentence, lookAround } from '../../../electron/agent/steps/neighbours.ts';
import type { StepContext, StepTools, TlsAnswer } from '../../../electron/agent/steps/step.ts';

const at = { address: '127.0.0.1', port: 443 };
const blog: PlannedNeighbour = {
  ...{ ...at, serverName: 'blog.example', who: 'server blog.example' },
  ...{ expects: 'as-before', certificatePath: '/etc/blog.crt' },
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
const nothingOnDisk = async () => new Map<string, string[]>();
const onDisk =
  (...chain: string[]) =>
  async () =>
    new Map([['/etc/blog.crt', chain]]);
const around = await lookAround(tools(before), install, nothingOnDisk);
const right = { disturbed: null, loaded: new Set<string | null>() };
type World = Parameters<typeof tools>[0];
const compared = (world: World, newChain: string[] | null = ['n', 'ca'], first = around) =>
  compareAround({ tools: tools(world) } as Partial<StepContext> as StepContext, first, newChain);

describe('what else a server serves', () => {
  test('is right when each shows what the plan announced', async () => {
    const found = await compared({ ...before, twin: shows('n', 'ca', 'root') });
    expect(found).toEqual(right);
    expect(comparedSentence(around, found)).toBe(
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
    const { disturbed } = await compared({ ...world, ...(twinIsRight ? { twin: shows('n', 'ca') } : {}) });
    expect(disturbed?.sentence).toMatch(sentence);
  });

  test('shows all that it showed, after a restore', async () => {
    expect(await compared(before, null)).toEqual(right);
    const { disturbed } = await compared({ ...before, twin: shows('n', 'ca') }, null);
    expect(disturbed?.sentence).toMatch(/than before/);
  });

  test('is waited for while old workers drain', async () => {
    let rounds = 0;
    const world = { ...before };
    const slept = () => {
      rounds += 1;
      if (rounds === 3) world.twin = shows('n', 'ca');
    };
    expect(await compared(Object.assign(world, { slept }))).toEqual(right);
    expect(rounds).toBe(3);
  });

  test.each([
    ['another certificate', ['x', 'ca'], shows('x', 'ca')],
    ['a mended chain', ['b', 'ca', 'root'], shows('b', 'ca', 'root')],
    ['one with more than links to it', ['x', 'ca', 'unrelated'], shows('x', 'ca')],
  ])('may be what somebody else left on its disk, which the reload loads: %s', async (_what, left, shown) => {
    const first = await lookAround(tools(before), { ...install, neighbours: [blog] }, onDisk(...left));
    const found = await compared({ ...before, blog: shown }, ['n'], first);
    expect(found).toEqual({ disturbed: null, loaded: new Set([blog.serverName]) });
    expect(comparedSentence(first, found)).toBe(
      ' Beside it: 1 other name now served with what was already on disk, 1 listener still up.',
    );
  });

  test('must be all of what is on its disk', async () => {
    const first = await lookAround(tools(before), { ...install, neighbours: [blog] }, onDisk('x', 'ca'));
    const { disturbed } = await compared({ ...before, blog: shows('x', 'other') }, ['n'], first);
    expect(disturbed?.sentence).toMatch(/^shows another certificate than before/);
  });

  test('that did not answer before is not asked for, and is named', async () => {
    const half = await lookAround(tools({ ...before, blog: silent, up: false }), install, nothingOnDisk);
    const found = await compared({ blog: silent, twin: shows('n', 'ca'), up: false }, ['n', 'ca'], half);
    expect(found).toEqual(right);
    expect(comparedSentence(half, found)).toContain(
      '1 other name did not answer before and could not be compared',
    );
  });

  test('is counted by its names, however many certificates and addresses each has', async () => {
    const pair = (['rsa', 'ecdsa'] as const).map((keyAlgorithm) => ({ ...blog, keyAlgorithm }));
    const first = await lookAround(tools(before), { ...install, neighbours: pair }, nothingOnDisk);
    expect(comparedSentence(first, await compared(before, ['n'], first))).toContain(
      ': 1 other name still served as before,',
    );
  });

  test('is not looked at where the plan knows of none', async () => {
    expect(await lookAround(tools(before), {} as InstallPlan, nothingOnDisk)).toBeUndefined();
    expect(comparedSentence(undefined, right)).toBe('');
  });
});
