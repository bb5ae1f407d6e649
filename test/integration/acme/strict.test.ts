import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ariCertId } from '../../../electron/pki/ari.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import {
  makeTestAcme,
  makeTestOrder,
  memoryKeep,
  obtain,
  type TestAcme,
  untilDone,
} from '../../make/acme.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { startAcmeStrict } from '../../servers/acme-strict.ts';
import type { AcmeStrict } from '../../servers/acme-strict-script.ts';
import { have } from '../../servers/available.ts';

const ready = have('openssl');
const open: { close(): Promise<void> }[] = [];
function acme(...args: Parameters<typeof makeTestAcme>): TestAcme {
  const made = makeTestAcme(...args);
  open.push(made);
  return made;
}
afterAll(() => Promise.all(open.map((one) => one.close())));

describe.skipIf(!ready)('ACME with a strict and difficult CA', () => {
  let ca: AcmeStrict;
  beforeEach(async () => {
    ca = await startAcmeStrict();
  });
  afterEach(() => ca.stop());

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
    const keep = memoryKeep();
    const first = acme(ca, { keep });
    const order = await makeTestOrder(['slow.example']);
    let look = await untilDone(first.authority, order, 0);
    expect(look).toMatchObject({ state: 'pending', afterMs: 1_800_000 });
    const asked = ca.state.requests.length;
    const second = acme(ca, { keep });
    look = await second.authority.look(order.known(), order.request, order.tools);
    expect(look).toMatchObject({ state: 'pending', afterMs: 1_800_000 });
    expect(ca.state.requests.slice(asked).filter((line) => line.startsWith('POST'))).toHaveLength(1);
    ca.release();
    await obtain(second.authority, order);
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
  });

  test('a Retry-After given as a date is understood', async () => {
    ca.script({ issuing: 'processing', retryAfter: new Date(Date.now() + 600_000).toUTCString() });
    const { authority } = acme(ca);
    const order = await makeTestOrder(['dated.example']);
    const look = await untilDone(authority, order, 0);
    expect((look as { afterMs: number }).afterMs).toBeGreaterThan(500_000);
    expect((look as { afterMs: number }).afterMs).toBeLessThanOrEqual(600_000);
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
    const look = await untilDone(authority, await makeTestOrder(['refused.example']));
    expect(look).toMatchObject({
      state: 'refused',
      because: { code, sentence: expect.stringContaining(words), peerSaid: 'no RSA here' },
    });
  });

  test('a failed proof ends the order refused and what was put up is taken away', async () => {
    ca.script({ validation: { type: 'unauthorized', detail: 'the key authorization is wrong' } });
    const { authority } = acme(ca);
    const webRoot = new Map<string, string>();
    const order = await makeTestOrder(['wrong.example'], { webRoot });
    const look = await untilDone(authority, order);
    expect(look).toMatchObject({
      state: 'refused',
      because: {
        code: 'acme.unauthorized',
        sentence: expect.stringContaining('wrong.example: '),
        peerSaid: 'wrong.example: the key authorization is wrong',
      },
    });
    expect([...webRoot.keys()]).toEqual([expect.stringMatching(/^\/\.well-known\/acme-challenge\//)]);
    await authority.cleanUp(order.known(), order.tools);
    await authority.cleanUp(order.known(), order.tools);
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
    const look = await authority.look(order.known(), order.request, order.tools);
    expect(look).toMatchObject({ state: 'pending', afterMs: 5000 });
    expect(answered()).toBe(1);
  });

  describe('never orders twice', () => {
    test('the intent is stored before the CA is asked, and the URL before anything else', async () => {
      const { authority } = acme(ca);
      const order = await makeTestOrder(['kept.example']);
      await obtain(authority, order);
      expect(order.remembered.map((handle) => (handle as { phase: string }).phase)).toEqual(
        expect.arrayContaining(['placing', 'placed', 'finalizing', 'finalized']),
      );
      expect(order.remembered[0]).toMatchObject({ phase: 'placing', orderUrl: null });
      const finalizing = order.remembered.findIndex(
        (handle) => (handle as { phase: string }).phase === 'finalizing',
      );
      expect(order.remembered[finalizing]).toMatchObject({ orderUrl: ca.state.orders[0]?.url });
    });

    test('an order whose answer was lost is found again in the list of the CA', async () => {
      const keep = memoryKeep();
      const first = acme(ca, { keep });
      for (const n of [1, 2, 3]) await obtain(first.authority, await makeTestOrder([`other${n}.example`]));
      ca.script({ loseAfter: 'newOrder' });
      const order = await makeTestOrder(['found.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({
        code: 'net.lost',
        retry: 'later',
      });
      const placed = ca.state.newOrders;
      const second = acme(ca, { keep });
      await obtain(second.authority, order);
      expect(ca.state.newOrders).toBe(placed);
      expect(ca.state.orders.filter(({ finalized }) => finalized > 0)).toHaveLength(4);
    });

    test('without such a list a new order is placed and only that one is finalized', async () => {
      ca.script({ listsOrders: false, loseAfter: 'newOrder' });
      const { authority } = acme(ca);
      const order = await makeTestOrder(['unlisted.example']);
      await expect(untilDone(authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      await obtain(authority, order);
      expect(ca.state).toMatchObject({ newOrders: 2, finalizations: 1 });
    });

    test('a lost answer to finalize is not finalized again', async () => {
      ca.script({ loseAfter: 'finalize' });
      const keep = memoryKeep();
      const first = acme(ca, { keep });
      const order = await makeTestOrder(['cut.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      const second = acme(ca, { keep });
      await obtain(second.authority, order);
      expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
    });

    test('a restart after each stored handle ends with one order and one certificate', async () => {
      const rehearsal = await makeTestOrder(['restarted.example']);
      await obtain(acme(ca).authority, rehearsal);
      const times = rehearsal.remembered.length - 1; // the last one is stored by cleaning up
      expect(times).toBeGreaterThanOrEqual(6);
      for (let nth = 1; nth <= times; nth++) {
        ca.forget();
        Object.assign(ca.state, { newOrders: 0, finalizations: 0 });
        await restartAfter(nth);
        expect({ nth, ...ca.state }).toMatchObject({ nth, newOrders: 1, finalizations: 1 });
      }
    });

    /** Stops the first authority dead right after the nth handle was stored, and goes on with another. */
    async function restartAfter(nth: number): Promise<void> {
      const keep = memoryKeep();
      const order = await makeTestOrder(['restarted.example']);
      const remember = (handle: unknown) => {
        order.tools.remember(handle);
        if (order.remembered.length === nth) throw new Error('killed');
      };
      const dying = { ...order, tools: { ...order.tools, remember } };
      await expect(untilDone(acme(ca, { keep }).authority, dying)).rejects.toThrow('killed');
      await obtain(acme(ca, { keep }).authority, order);
    }

    test('two requests for the same names at a CA that gives one order out twice get a certificate each', async () => {
      ca.script({ reusesOrders: true });
      const { authority } = acme(ca);
      const one = await makeTestOrder(['same.example']);
      const two = await makeTestOrder(['same.example']);
      await authority.submit(one.request, null, one.tools);
      await expect(authority.submit(two.request, null, two.tools)).rejects.toMatchObject({
        code: 'acme.order-shared',
        retry: 'later',
      });
      const first = new X509Certificate(await obtain(authority, one));
      const second = new X509Certificate(await obtain(authority, two));
      expect(first.publicKey.equals(second.publicKey)).toBe(false);
      expect(ca.state.finalizations).toBe(2);
    });

    test('a request that ended in a failure leaves its order to the next one', async () => {
      ca.script({ reusesOrders: true, challengeTypes: ['dns-01'] });
      const { authority } = acme(ca);
      await expect(untilDone(authority, await makeTestOrder(['left.example']))).rejects.toMatchObject({
        code: 'acme.challenge-not-offered',
      });
      const next = await makeTestOrder(['left.example']);
      await authority.submit(next.request, null, next.tools);
      expect(next.known()).toMatchObject({ orderUrl: ca.state.orders[0]?.url });
    });

    test('an order somebody else finalized is replaced by a new one', async () => {
      const keep = memoryKeep();
      ca.script({ reusesOrders: true });
      const mine = acme(ca, { keep });
      const other = acme(ca, { keep });
      const one = await makeTestOrder(['taken.example']);
      const two = await makeTestOrder(['taken.example']);
      await mine.authority.submit(one.request, null, one.tools);
      await obtain(other.authority, two);
      const chain = new X509Certificate(await obtain(mine.authority, one));
      expect(chain.publicKey.equals(new X509Certificate(ca.state.issued[0] ?? '').publicKey)).toBe(false);
      expect(ca.state.finalizations).toBe(2);
    });

    test('an order the CA forgot ends refused and worth a new one', async () => {
      const { authority } = acme(ca);
      const order = await makeTestOrder(['forgotten.example']);
      await authority.submit(order.request, null, order.tools);
      await obtain(authority, await makeTestOrder(['first-look.example']));
      ca.forget();
      ca.script({ validation: 'never' });
      // the order as just placed is still at hand: its authorizations are what is missing
      const again = acme(ca, { keep: memoryKeep() });
      const look = await again.authority.look(order.known(), order.request, order.tools);
      expect(look).toMatchObject({ state: 'refused', because: { code: 'acme.order-gone', retry: 'later' } });
    });
  });

  describe('the account', () => {
    test('the key is kept before the CA hears of it, and an account with a lost answer is found again', async () => {
      await ca.stop();
      ca = await startAcmeStrict({ eab: 'once', script: { loseAfter: 'newAccount' } });
      const keep = memoryKeep({ 'eab-hmac': ca.eab.hmacKey });
      const settings = { eabKeyId: ca.eab.keyId };
      const first = acme(ca, { keep, settings });
      const order = await makeTestOrder(['once.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      expect(keep.secrets.has('account-key')).toBe(true);
      await obtain(acme(ca, { keep, settings }).authority, order);
      expect(ca.state.accounts).toHaveLength(1);
    });

    test('a used binding is not tried again and again but told to a person', async () => {
      await ca.stop();
      ca = await startAcmeStrict({ eab: 'once' });
      const settings = { eabKeyId: ca.eab.keyId };
      const secrets = { 'eab-hmac': ca.eab.hmacKey };
      await obtain(
        acme(ca, { keep: memoryKeep(secrets), settings }).authority,
        await makeTestOrder(['a.example']),
      );
      const late = acme(ca, { keep: memoryKeep(secrets), settings });
      await expect(untilDone(late.authority, await makeTestOrder(['b.example']))).rejects.toMatchObject({
        code: 'acme.eab-used',
        retry: 'needs-person',
        hint: expect.stringContaining('new EAB key ID'),
      });
      expect(late.requests.filter((line) => line.endsWith('new-account'))).toHaveLength(1);
    });

    test('an account the CA forgot is made once more with the same key', async () => {
      const { authority, keep } = acme(ca);
      await obtain(authority, await makeTestOrder(['a.example']));
      const key = keep.secrets.get('account-key')?.text();
      ca.forget();
      await obtain(authority, await makeTestOrder(['b.example']));
      expect(ca.state.accounts).toHaveLength(1);
      expect(keep.secrets.get('account-key')?.text()).toBe(key);
    });

    test('the account of another directory is not used', async () => {
      const other = await startAcmeStrict();
      try {
        const keep = memoryKeep();
        await obtain(acme(ca, { keep }).authority, await makeTestOrder(['a.example']));
        await obtain(acme(other, { keep }).authority, await makeTestOrder(['a.example']));
        expect(other.state.accounts).toHaveLength(1);
      } finally {
        await other.stop();
      }
    });

    test('neither the account key nor the HMAC key is in any stored handle or note', async () => {
      const { authority, keep } = acme(ca);
      const order = await makeTestOrder(['quiet.example']);
      await obtain(authority, order);
      const shown = JSON.stringify([order.remembered, [...keep.notes]]);
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
        message: expect.stringContaining('“eternal”; it offers: classic, shortlived'),
      });
      expect(ca.state.newOrders).toBe(0);
      const report = await authority.test();
      expect(report).toMatchObject({ ok: false, profiles });
    });
  });

  describe('renewal information', () => {
    const ari = { start: 1_800_000_000_000, end: 1_800_086_400_000 };

    test('the window, its reason and when to ask again are given', async () => {
      ca.script({ ari: { ...ari, retryAfter: '21600', explanationUrl: 'https://ca.example/why' } });
      const { authority } = acme(ca);
      const chain = await obtain(authority, await makeTestOrder(['a.example']));
      const before = Date.now();
      const info = await authority.renewalInfo?.(chain);
      expect(info).toMatchObject({ ...ari, explanationUrl: 'https://ca.example/why' });
      expectSince(before, info?.askAgainAt ?? 0, 21_600_000);
    });

    test.each([
      ['1', 60_000],
      ['9999999', 86_400_000],
    ])('a Retry-After of %s s is brought within a minute and a day', async (retryAfter, expected) => {
      ca.script({ ari: { ...ari, retryAfter } });
      const { authority } = acme(ca);
      const chain = await obtain(authority, await makeTestOrder(['a.example']));
      const before = Date.now();
      const info = await authority.renewalInfo?.(chain);
      expectSince(before, info?.askAgainAt ?? 0, expected);
    });

    test('a CA without it, a foreign certificate and a window that ends before it starts give none', async () => {
      const { authority } = acme(ca);
      const foreign = makeLeaf(makeCa(), { names: ['x.example'] }).certPem;
      expect(await authority.renewalInfo?.(foreign)).toBeNull();
      ca.script({ ari: { start: ari.end, end: ari.start } });
      const other = acme(ca).authority;
      expect(await other.renewalInfo?.(foreign)).toBeNull();
      const chain = await obtain(other, await makeTestOrder(['a.example']));
      expect(await other.renewalInfo?.(chain)).toBeNull();
    });

    test('the CA is told which certificate is replaced, and ordered without when it refuses that', async () => {
      ca.script({ ari });
      const { authority } = acme(ca);
      const old = await obtain(authority, await makeTestOrder(['a.example']));
      const request = { replacesPem: old };
      await obtain(authority, await makeTestOrder(['a.example'], { request }));
      expect(ca.state.orders[1]?.replaces).toBe(ariCertId(old));
      await obtain(authority, await makeTestOrder(['a.example'], { request }));
      expect(ca.state.orders[2]?.replaces).toBeNull();
      const foreign = makeLeaf(makeCa(), { names: ['a.example'] }).certPem;
      await obtain(authority, await makeTestOrder(['a.example'], { request: { replacesPem: foreign } }));
      expect(ca.state.orders[3]?.replaces).toBeNull();
      expect(ca.state.finalizations).toBe(4);
    });
  });
});

/** `at` is `ms` after a moment between `before` and now. */
function expectSince(before: number, at: number, ms: number): void {
  expect(at - ms).toBeGreaterThanOrEqual(before);
  expect(at - ms).toBeLessThanOrEqual(Date.now());
}
