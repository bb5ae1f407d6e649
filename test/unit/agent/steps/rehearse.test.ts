import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { type MadeLeaf, makeCa, makeLeaf } from '#test/make/certificates.ts';
import { clockAt, now } from '#test/make/database.ts';
import { anApproval } from '#test/make/task-rows.ts';
import { rehearse } from '../../../../electron/agent/steps/rehearse.ts';
import { readCsr } from '../../../../electron/pki/csr.ts';
import type {
  Authority,
  NotCleared,
  OrderHandle,
  OrderRequest,
  OrderStatus,
} from '../../../../electron/providers/authorities/authority.ts';

const { plan } = anApproval();
const host = 'test.example';
const ca = makeCa();

/** What was cleared up: of which handle, for which names, and whether the signal for that was aborted already. */
let cleared: { handle: OrderHandle; names: readonly string[]; aborted: boolean }[];
let polls: number;
/** The CA fails before anything is begun. */
let silent: boolean;
let notCleared: readonly NotCleared[];
/** What a person is told to remove. */
let told: string[];
let controller: AbortController;
beforeEach(() => {
  told = [];
  [cleared, polls, silent, notCleared, controller] = [[], 0, false, [], new AbortController()];
});

/** As the CA would issue it for what was asked. */
function leafFor({ csr, names }: OrderRequest): MadeLeaf {
  const { spki } = readCsr(csr);
  return makeLeaf(ca, {
    names: [...names],
    keyOf: { keyPem: '', spki: Buffer.from(spki), keyType: 'ec-p256' },
  });
}

interface Does {
  submit?: () => Promise<OrderHandle>;
  poll?: () => Promise<OrderStatus>;
  issue?: (request: OrderRequest) => MadeLeaf;
}
const ready: OrderStatus = { state: 'ready' };

/** A rehearsal at a CA that remembers how far it is, and does this. Time passes only in sleep. */
function rehearsed({ submit, poll = async () => ready, issue = leafFor }: Does = {}) {
  let issued = '';
  const authority = {
    async submit(request, _known, tools) {
      if (!silent) tools.remember('placing');
      if (submit !== undefined) return submit();
      issued = issue(request).chainPem;
      return 'placed';
    },
    async poll(_handle, _request, tools) {
      tools.remember('proving');
      if (++polls > 1000) throw new Error('it is asked without end');
      return poll();
    },
    collect: async () => issued,
    async cleanUp(handle, { names }, { signal }) {
      cleared.push({ handle, names, aborted: signal.aborted });
      return notCleared;
    },
  } as Partial<Authority> as Authority;
  let passed = 0;
  const clock: Clock = {
    ...clockAt(now),
    monotonic: () => passed,
    async sleep(ms) {
      passed += ms;
    },
  };
  const { signal } = controller;
  const tellLeft = (sentence: string) => void told.push(sentence);
  return rehearse({ plan, authority, host, webRoot: null, clock, signal, tellLeft });
}
const shown = async (checks: ReturnType<typeof rehearsed>) =>
  (await checks).map(({ name, ok }) => (ok ? name : `!${name}`));
const whole = { handle: 'proving', names: plan.names, aborted: false };

describe('a rehearsal', () => {
  test('passes with a certificate for the key and the names that were ordered, and clears up', async () => {
    expect(await shown(rehearsed())).toEqual(['order', 'control', 'certificate']);
    expect(cleared).toEqual([whole]);
  });

  test.each<[string, (request: OrderRequest) => MadeLeaf]>([
    ['another key', ({ names }) => makeLeaf(ca, { names: [...names] })],
    ['other names', (request) => leafFor({ ...request, names: ['other.example'] })],
  ])('fails with a certificate for %s', async (_what, issue) => {
    expect(await shown(rehearsed({ issue }))).toEqual(['order', 'control', '!certificate']);
  });

  test('names what it could not remove, whether it passes or not', async () => {
    const because = new Failure('acme.dns-script-failed', 'The script ended with code 1.');
    notCleared = [{ what: 'the TXT record of shop.example', because }];
    const said = 'The TXT record of shop.example was not removed: The script ended with code 1.';
    expect((await rehearsed()).at(-1)).toMatchObject({ ok: true, sentence: expect.stringContaining(said) });
    const poll = () => Promise.reject(new Failure('acme.caa', 'No.'));
    expect((await rehearsed({ poll })).map(({ sentence }) => sentence.includes(said))).toEqual([false, true]);
    expect(told).toEqual([expect.stringContaining(said), expect.stringContaining(said)]);
    const cancelled = async () => {
      controller.abort();
      throw controller.signal.reason;
    };
    await expect(rehearsed({ poll: cancelled })).rejects.toThrow();
    expect(told).toHaveLength(3);
  });

  test('has nothing to remove where the CA did not answer', async () => {
    silent = true;
    const submit = () => Promise.reject(new Failure('net.refused', 'Nothing accepts connections.'));
    expect([await shown(rehearsed({ submit })), cleared]).toEqual([['!order'], []]);
  });

  test('fails where the order is not taken, and clears up what was begun', async () => {
    const submit = () => Promise.reject(new Failure('acme.rate-limited', 'Too many.'));
    expect(await shown(rehearsed({ submit }))).toEqual(['!order']);
    expect(cleared).toEqual([{ ...whole, handle: 'placing' }]);
  });

  test.each([
    [
      'refuses',
      async () => ({ state: 'refused', because: new Failure('acme.caa', 'No.').toData() }) as OrderStatus,
    ],
    ['cannot see the proof', () => Promise.reject(new Failure('acme.dns-script-failed', 'It ended with 3.'))],
  ])('fails where the CA %s, and clears up', async (_what, poll) => {
    expect(await shown(rehearsed({ poll }))).toEqual(['order', '!control']);
    expect(cleared).toEqual([whole]);
  });

  test('ends after ten minutes where the CA comes to no end', async () => {
    const pending = async (): Promise<OrderStatus> => ({
      state: 'pending',
      afterMs: 60_000,
      sentence: 'Later.',
    });
    const checks = await rehearsed({ poll: pending });
    expect(checks.at(-1)).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/takes 10 min at most.* Later\./),
    });
    expect([polls, cleared]).toEqual([11, [whole]]);
  });

  test('that is called off says so, and clears up all the same', async () => {
    const poll = async () => {
      controller.abort(new Error('enough'));
      throw new Failure('net.lost', 'It was cut off.');
    };
    await expect(rehearsed({ poll })).rejects.toThrow('enough');
    expect(cleared).toEqual([whole]);
  });
});
