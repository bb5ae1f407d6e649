import { describe, expect, test } from 'vitest';
import { ariCertId } from '../../../electron/pki/ari.ts';
import { makeTestOrder, obtain } from '../../make/acme.ts';
import { makeCa, makeLeaf } from '../../make/certificates.ts';
import { acme, ca, expectSince, prepareStrictCa, ready } from './strict-ca.ts';

describe.skipIf(!ready)('ACME with a strict and difficult CA', () => {
  prepareStrictCa();

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
