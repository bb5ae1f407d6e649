import { describe, expect, test } from 'vitest';
import { makeTestOrder, untilDone } from '../../make/acme.ts';
import { first, front, hurried, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const urn = (type: string) => `urn:ietf:params:acme:error:${type}`;

describe.skipIf(!canRunPebble)('Pebble behind a server that misbehaves', () => {
  preparePebbleBehind();
  const processing = (retryAfter: string | null) => ({
    change: { status: 'processing', certificate: null },
    headers: retryAfter === null ? {} : { 'retry-after': retryAfter },
  });

  // certbot/certbot#10273, letsencrypt/boulder#6700 (3 s), acmesh-official/acme.sh#2939
  test.each([
    ['in the answer to finalize', 'finalize', '3', 3000],
    ['in the answer to finalize, as long as a person takes', 'finalize', '3600', 3_600_000],
  ] as const)(
    'Retry-After %s is obeyed before the order is asked for again',
    async (_where, asked, header, ms) => {
      const { authority } = acme(front);
      front.misbehave(first(1, asked, processing(header)));
      const order = await makeTestOrder(['patient.example']);
      await authority.submit(order.request, null, order.tools);
      const status = await authority.poll(order.known(), order.request, order.tools);
      expect(status).toMatchObject({ state: 'pending', afterMs: ms });
      expect(front.asked.at(-1)).toBe('finalize');
    },
  );

  test('Retry-After of an order that is processing is obeyed at every answer', async () => {
    const { authority } = acme(front);
    const order = await makeTestOrder(['slow.example']);
    await authority.submit(order.request, null, order.tools);
    let done = false;
    front.misbehave(({ asked }) => {
      if (asked === 'finalize') done = true;
      return done && (asked === 'order' || asked === 'finalize')
        ? processing(asked === 'order' ? '7' : null)
        : null;
    });
    const status = await authority.poll(order.known(), order.request, order.tools);
    expect(status).toMatchObject({ state: 'pending', afterMs: 7000 });
    const asked = front.asked.length;
    expect(await authority.poll(order.known(), order.request, order.tools)).toMatchObject({ afterMs: 7000 });
    expect(front.asked.slice(asked)).toEqual(['order']);
  });

  test('where the CA says nothing, it is asked in a moment', async () => {
    const { authority } = acme(front);
    front.misbehave(first(1, 'finalize', processing(null)));
    const order = await makeTestOrder(['quick.example']);
    await authority.submit(order.request, null, order.tools);
    expect(await authority.poll(order.known(), order.request, order.tools)).toEqual({ state: 'ready' });
  });

  test.each([
    [503, 'acme.unavailable', 'later', /overloaded or under maintenance/],
    [504, 'acme.unavailable', 'later', /overloaded or under maintenance/],
    [429, 'acme.rate-limited', 'after', /as long as the CA asks/],
  ])(
    'a page with status %i says what it is, and leads to no other directory',
    async (status, code, retry, hint) => {
      for (const asked of ['nonce', 'newOrder', 'newAccount'] as const) {
        const { authority } = acme(front);
        front.misbehave(first(1, asked, { answer: status, body: '<h1>Sorry</h1>' }));
        // answers carry nonces too, so a nonce is only asked for at the very beginning
        const failure = await untilDone(authority, await makeTestOrder(['busy.example'])).catch(
          (thrown: unknown) => thrown,
        );
        expect(failure, asked).toMatchObject({ code, retry, hint: expect.stringMatching(hint) });
        expect((failure as { hint: string }).hint).not.toContain('directory URL');
      }
    },
  );

  test('a rate limit at HEAD, which has no body, is kept as long as it says', async () => {
    const { authority } = acme(front);
    front.misbehave(first(1, 'nonce', { answer: 429, headers: { 'retry-after': '90' } }));
    const before = Date.now();
    const failure = await untilDone(authority, await makeTestOrder(['head.example'])).catch(
      (e: unknown) => e,
    );
    expect(failure).toMatchObject({ code: 'acme.rate-limited', retry: 'after' });
    expect((failure as { retryAt: number }).retryAt - before).toBeGreaterThanOrEqual(90_000);
  });

  test.each([301, 302, 307, 308])(
    'a directory that answers %i is followed once, and that is shown',
    async (status) => {
      const { authority } = acme(front);
      const location = `${front.directoryUrl}?moved`;
      front.misbehave(first(1, 'directory', { answer: status, headers: { location }, body: '' }));
      const report = await authority.test();
      expect(report.ok, JSON.stringify(report.checks)).toBe(true);
      expect(report.checks[0]?.sentence).toContain(`redirects to ${location}`);
      expect((await hurried(authority, await makeTestOrder(['moved.example']))).status.state).toBe('ready');
    },
  );

  test.each([
    ['a second time', () => `${front.directoryUrl}`, 'acme.http-failed'],
    ['to an address in clear', () => 'http://127.0.0.1:9/dir', 'acme.not-https'],
  ])('a directory that redirects %s is not followed', async (_how, location, code) => {
    const { authority } = acme(front);
    front.misbehave(({ asked }) =>
      asked === 'directory' ? { answer: 301, headers: { location: location() }, body: '' } : null,
    );
    await expect(untilDone(authority, await makeTestOrder(['round.example']))).rejects.toMatchObject({
      code,
    });
  });

  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  test.each([
    ['whose time is not over', { expires: tomorrow }, /If this continues, ask the operator/],
    ['whose time is over', { expires: yesterday }, /may have expired: its time ended at/],
    ['with no time', { expires: null }, /If this continues, ask the operator/],
  ])('an invalid order without a reason, %s, is told as that', async (_what, members, hint) => {
    const { authority } = acme(front);
    front.misbehave(({ asked, nth }) =>
      asked === 'order' && nth === 1 ? { change: { status: 'invalid', error: null, ...members } } : null,
    );
    const { status } = await hurried(authority, await makeTestOrder(['why.example']));
    if (status.state !== 'refused') throw new Error(JSON.stringify(status));
    expect(status.because).toMatchObject({
      code: 'acme.order-invalid',
      sentence: expect.stringMatching(/says without a reason that the order for why\.example is invalid\.$/),
      hint: expect.stringMatching(hint),
    });
    expect(status.because.peerSaid).not.toMatch(/expired (on|at|20)/);
  });

  test.each(['expired', 'deactivated', 'revoked'])(
    'an authorization that is %s is told by its state',
    async (state) => {
      const { authority } = acme(front);
      front.misbehave(first(1, 'authorization', { change: { status: state } }));
      const { status } = await hurried(authority, await makeTestOrder(['state.example']));
      expect(status).toMatchObject({
        because: {
          code: 'acme.order-invalid',
          sentence: expect.stringContaining(
            `says without a reason that the authorization for state.example is ${state}.`,
          ),
        },
      });
    },
  );

  test.each([urn('serverInternal'), urn('malformed'), 'about:blank'])(
    'a problem of type %s with status 503 is tried again, and the hint says so',
    async (type) => {
      const { authority } = acme(front);
      front.misbehave(
        first(1, 'newOrder', { answer: 503, body: { type, detail: 'Service busy; retry later.' } }),
      );
      await expect(untilDone(authority, await makeTestOrder(['busy.example']))).rejects.toMatchObject({
        retry: 'later',
        hint: expect.stringContaining('try again automatically'),
      });
    },
  );
});
