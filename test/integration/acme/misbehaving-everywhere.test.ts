import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import type { Authority } from '../../../electron/providers/authorities/authority.ts';
import { makeTestOrder, memoryState } from '../../make/acme.ts';
import type { Asked } from '../../servers/acme-misbehaving.ts';
import { first, front, hurried, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const asked: Asked[] = [
  ...(['directory', 'nonce', 'newAccount', 'newOrder', 'order'] as const),
  ...(['authorization', 'challenge', 'finalize', 'certificate'] as const),
];
const signed: Asked[] = asked.filter((one) => one !== 'directory' && one !== 'nonce');
const badNonce = { type: 'urn:ietf:params:acme:error:badNonce', detail: 'not one of mine' };

/** As the steps do: what is worth another try is tried again, by an adapter that knows no more than what was stored. */
async function stubborn(make: () => Authority, order: Awaited<ReturnType<typeof makeTestOrder>>) {
  for (let attempt = 1; ; attempt++) {
    try {
      const authority = make();
      const { status } = await hurried(authority, order);
      if (status.state !== 'ready') throw new Error(JSON.stringify(status));
      const [leaf] = certificatesOf(await authority.collect(order.known()));
      if (leaf !== undefined) return leaf;
      throw new Failure('authority.no-certificate', 'As the step says it.');
    } catch (thrown) {
      const { retry } = asFailure(thrown);
      if (attempt === 5 || (retry !== 'later' && retry !== 'after')) throw thrown;
      await systemClock.sleep(5);
    }
  }
}

describe.skipIf(!canRunPebble)('whatever goes wrong once, at whichever request', () => {
  preparePebbleBehind();

  describe.each([
    ['the answer is lost', { lose: 'all' as const }],
    ['the answer is cut in half', { lose: 'half' as const }],
    ['the CA has an internal error', { answer: 500, body: '<h1>Oops</h1>' }],
    ['a server in front of the CA is busy', { answer: 503, headers: { 'retry-after': '0' }, body: '' }],
    ['the rate limit is reached', { answer: 429, headers: { 'retry-after': '0' }, body: '' }],
    ['the nonce is refused', { answer: 400, body: badNonce }, signed],
    ['it is not JSON', { change: () => '<html>login</html>' }],
  ])('when %s', (_what, mischief, places = asked) => {
    test.each(places.map((one) => [one]))(
      'at %s, one certificate is issued, for the key that was ordered',
      async (where) => {
        const state = memoryState();
        const order = await makeTestOrder([`${where.toLowerCase()}.example`]);
        front.misbehave(first(1, where, mischief));
        const leaf = new X509Certificate(await stubborn(() => acme(front, { state }).authority, order));
        expect(order.request.csr.includes(leaf.publicKey.export({ type: 'spki', format: 'der' }))).toBe(true);
        const finalized = front.asked.filter((one) => one === 'finalize').length;
        expect(finalized).toBeLessThanOrEqual(where === 'finalize' ? 2 : 1);
      },
    );
  });

  test('every nonce refused ends, and says what was refused', async () => {
    front.misbehave(({ asked: one }) => (one === 'newOrder' ? { answer: 400, body: badNonce } : null));
    const { authority } = acme(front);
    await expect(hurried(authority, await makeTestOrder(['nonce.example']))).rejects.toMatchObject({
      code: 'acme.bad-nonce',
      retry: 'later',
    });
  });
});
