import { describe, expect, test } from 'vitest';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { startAcmeStrict } from '../../servers/acme-strict.ts';
import { acme, ca, expectSince, prepareStrictCa, ready, restart } from './strict-ca.ts';

describe.skipIf(!ready)('ACME with a strict and difficult CA', () => {
  prepareStrictCa();

  test('every request satisfies a CA that checks all of them', async () => {
    const { authority } = acme(ca);
    const chain = certificatesOf(await obtain(authority, await makeTestOrder(['a.example'])));
    expect(chain).toHaveLength(2);
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
    expect(ca.state.accounts[0]?.contact).toEqual(['mailto:admin@example.org']);
  });

  test('a root the CA sends along is left out', async () => {
    ca.script({ sendsRoot: true });
    const { authority } = acme(ca);
    expect(certificatesOf(await obtain(authority, await makeTestOrder(['a.example'])))).toHaveLength(2);
  });

  test('valid authorizations with foreign challenge types and a long Retry-After need no challenge and no wait', async () => {
    ca.script({ authorizations: 'valid-foreign', retryAfter: '300' });
    const { authority } = acme(ca);
    await obtain(authority, await makeTestOrder(['pre-validated.example']));
    expect(ca.state.requests.some((line) => line.includes('chall/'))).toBe(false);
  });

  test('pending authorizations with foreign challenge types alone name what is offered', async () => {
    ca.script({ authorizations: 'pending-foreign' });
    const { authority } = acme(ca);
    await expect(untilDone(authority, await makeTestOrder(['x.example']))).rejects.toMatchObject({
      message: expect.stringContaining(
        'offers sectigo-email-01, sectigo-dns-01 to prove control of x.example',
      ),
    });
  });

  test('an order that stays processing is looked at when the CA says and never finalized twice', async () => {
    ca.script({ issuing: 'processing', retryAfter: '1800' });
    const state = memoryState();
    const first = acme(ca, { state });
    const order = await makeTestOrder(['slow.example']);
    let status = await untilDone(first.authority, order, 0);
    expect(status).toMatchObject({ state: 'pending', afterMs: 1_800_000 });
    const asked = ca.state.requests.length;
    const second = acme(ca, { state });
    status = await second.authority.poll(order.known(), order.request, order.tools);
    expect(status).toMatchObject({ state: 'pending', afterMs: 1_800_000 });
    expect(ca.state.requests.slice(asked).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    ca.release();
    await obtain(second.authority, order);
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
  });

  test('a Retry-After given as a date is understood', async () => {
    ca.script({ issuing: 'processing', retryAfter: new Date(Date.now() + 600_000).toUTCString() });
    const { authority } = acme(ca);
    const order = await makeTestOrder(['dated.example']);
    const status = await untilDone(authority, order, 0);
    expect((status as { afterMs: number }).afterMs).toBeGreaterThan(500_000);
    expect((status as { afterMs: number }).afterMs).toBeLessThanOrEqual(600_000);
  });

  test('a refused order names each name with its reason', async () => {
    const subproblems = [
      { type: 'rejectedIdentifier', detail: 'policy forbids it', name: 'bad.example' },
      { type: 'caa', detail: 'CAA says other.example', name: 'worse.example' },
    ];
    ca.script({ refuseOrder: { type: 'rejectedIdentifier', detail: 'two names', subproblems } });
    const { authority } = acme(ca);
    const order = await makeTestOrder(['bad.example', 'worse.example']);
    await expect(untilDone(authority, order)).rejects.toMatchObject({
      code: 'acme.rejected-identifier',
      retry: 'needs-person',
      message: expect.stringMatching(
        /refused the order for bad\.example, worse\.example: bad\.example: it does not issue for these names; worse\.example: a CAA record forbids it to issue\.$/,
      ),
      peerSaid: 'two names\nbad.example: policy forbids it\nworse.example: CAA says other.example',
    });
  });

  test('a rate limit is kept as long as the CA says, also when it says nothing', async () => {
    ca.script({ refuseOrder: { type: 'rateLimited', retryAfter: '7200', times: 1 } });
    const { authority } = acme(ca);
    const order = await makeTestOrder(['limited.example']);
    let before = Date.now();
    const said = await untilDone(authority, order).catch((error: unknown) => error);
    expect(said).toMatchObject({ code: 'acme.rate-limited', retry: 'after' });
    expectSince(before, (said as { retryAt: number }).retryAt, 7_200_000);
    ca.script({ refuseOrder: { type: 'rateLimited', times: 1 } });
    before = Date.now();
    const silent = await untilDone(authority, order).catch((error: unknown) => error);
    expectSince(before, (silent as { retryAt: number }).retryAt, 3_600_000);
    await obtain(authority, order);
    expect(ca.state.finalizations).toBe(1);
  });

  test('an internal fault while finalizing leaves the order good', async () => {
    ca.script({ refuseFinalize: { type: 'serverInternal', times: 1 } });
    const { authority } = acme(ca);
    const order = await makeTestOrder(['hiccup.example']);
    await expect(untilDone(authority, order)).rejects.toMatchObject({ retry: 'later' });
    await obtain(authority, order);
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
  });

  test.each([
    ['badCSR', 'acme.bad-csr', 'does not accept the certificate request'],
    ['caa', 'acme.caa', 'a CAA record forbids it'],
  ])('a %s at finalization ends the order refused', async (type, code, words) => {
    ca.script({ refuseFinalize: { type, detail: 'no RSA here' } });
    const { authority } = acme(ca);
    const status = await untilDone(authority, await makeTestOrder(['refused.example']));
    expect(status).toMatchObject({
      state: 'refused',
      because: { code, sentence: expect.stringContaining(words), peerSaid: 'no RSA here' },
    });
  });

  test('a failed proof ends the order refused and what was put up is taken away', async () => {
    ca.script({ validation: { type: 'unauthorized', detail: 'the key authorization is wrong' } });
    const { authority } = acme(ca);
    const webRoot = new Map<string, string>();
    const order = await makeTestOrder(['wrong.example'], { webRoot });
    const status = await untilDone(authority, order);
    expect(status).toMatchObject({
      state: 'refused',
      because: {
        code: 'acme.unauthorized',
        sentence: expect.stringContaining('wrong.example: '),
        peerSaid: 'wrong.example: the key authorization is wrong',
      },
    });
    expect([...webRoot.keys()]).toEqual([expect.stringMatching(/^\/\.well-known\/acme-challenge\//)]);
    await authority.cleanUp(order.known(), order.request, order.tools);
    await authority.cleanUp(order.known(), order.request, order.tools);
    expect(webRoot.size).toBe(0);
  });

  test('a CA that never looks is told again after a minute, not at every look', async () => {
    ca.script({ validation: 'never' });
    let now = Date.now();
    const { systemClock } = await import('#kit/clock.ts');
    const { authority } = acme(ca, { clock: { ...systemClock, now: () => now } });
    const order = await makeTestOrder(['ignored.example']);
    expect(await untilDone(authority, order, 0)).toMatchObject({ state: 'pending', afterMs: 1000 });
    const answered = () => ca.state.requests.filter((line) => line.includes('chall/')).length;
    now += 20_000;
    const status = await authority.poll(order.known(), order.request, order.tools);
    expect(status).toMatchObject({ state: 'pending', afterMs: 5000 });
    expect(answered()).toBe(1);
  });

  describe('the account', () => {
    test('the key is kept before the CA hears of it, and an account with a lost answer is found again', async () => {
      await restart({ eab: 'once', script: { loseAfter: 'newAccount' } });
      const state = memoryState({ 'eab-hmac': ca.eab.hmacKey });
      const settings = { eabKeyId: ca.eab.keyId };
      const first = acme(ca, { state, settings });
      const order = await makeTestOrder(['once.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      expect(state.secrets.has('account-key')).toBe(true);
      await obtain(acme(ca, { state, settings }).authority, order);
      expect(ca.state.accounts).toHaveLength(1);
    });

    test('a used binding is not tried again and again but told to a person', async () => {
      await restart({ eab: 'once' });
      const settings = { eabKeyId: ca.eab.keyId };
      const secrets = { 'eab-hmac': ca.eab.hmacKey };
      await obtain(
        acme(ca, { state: memoryState(secrets), settings }).authority,
        await makeTestOrder(['a.example']),
      );
      const late = acme(ca, { state: memoryState(secrets), settings });
      await expect(untilDone(late.authority, await makeTestOrder(['b.example']))).rejects.toMatchObject({
        code: 'acme.eab-used',
        retry: 'needs-person',
        hint: expect.stringContaining('new EAB key ID'),
      });
      expect(late.requests.filter((line) => line.endsWith('new-account'))).toHaveLength(1);
    });

    test('an account the CA forgot is made once more with the same key', async () => {
      const { authority, state } = acme(ca);
      await obtain(authority, await makeTestOrder(['a.example']));
      const key = state.secrets.get('account-key')?.text();
      ca.forget();
      await obtain(authority, await makeTestOrder(['b.example']));
      expect(ca.state.accounts).toHaveLength(1);
      expect(state.secrets.get('account-key')?.text()).toBe(key);
    });

    test('the account of another directory is not used', async () => {
      const other = await startAcmeStrict();
      try {
        const state = memoryState();
        await obtain(acme(ca, { state }).authority, await makeTestOrder(['a.example']));
        await obtain(acme(other, { state }).authority, await makeTestOrder(['a.example']));
        expect(other.state.accounts).toHaveLength(1);
      } finally {
        await other.stop();
      }
    });

    test('neither the account key nor the HMAC key is in any stored handle or note', async () => {
      const { authority, state } = acme(ca);
      const order = await makeTestOrder(['quiet.example']);
      await obtain(authority, order);
      const shown = JSON.stringify([order.remembered, [...state.notes]]);
      expect(shown).not.toContain('PRIVATE KEY');
    });
  });

  describe('profiles', () => {
    const profiles = { classic: 'The usual one', shortlived: 'Six days' };

    test('the one of the order is asked for, else that of the settings', async () => {
      ca.script({ profiles });
      const { authority } = acme(ca, { settings: { profile: 'classic' } });
      await obtain(authority, await makeTestOrder(['a.example']));
      const terms = { profile: 'shortlived', days: null };
      await obtain(authority, await makeTestOrder(['b.example'], { request: { terms } }));
      expect(ca.state.orders.map(({ profile }) => profile)).toEqual(['classic', 'shortlived']);
    });

    test('one the CA does not offer is refused before an order is placed', async () => {
      ca.script({ profiles });
      const { authority } = acme(ca, { settings: { profile: 'eternal' } });
      await expect(untilDone(authority, await makeTestOrder(['a.example']))).rejects.toMatchObject({
        message: expect.stringContaining('"eternal"; it offers: classic, shortlived'),
      });
      expect(ca.state.newOrders).toBe(0);
      const report = await authority.test();
      expect(report).toMatchObject({ ok: false, profiles });
    });
  });
});
