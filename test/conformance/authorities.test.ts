import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { type AuthorityKind, authorityDefinition, authorityKinds } from '#shared/model/authority.ts';
import { makeTestOrder, obtain, untilDone } from '#test/make/acme.ts';
import type { AuthorityPeer, AuthorityShape } from '#test/make/authority-peers.ts';
import { have } from '#test/servers/available.ts';
import { certificatesOf } from '../../electron/pki/pem.ts';
import { shapesOf } from './shapes.ts';

const shapes = await shapesOf<AuthorityKind, AuthorityShape>('authorities', authorityKinds);
const name = 'www.shop.example';

/** What every kind of authority promises, held over every one of them through the registry. */
describe.each(shapes.filter(([, { needs }]) => needs.every(have)))(
  'an authority of the kind %s',
  (kind, shape) => {
    let peer: AuthorityPeer;
    beforeAll(async () => {
      peer = await shape.start();
    });
    afterAll(() => peer.stop());

    test('issues for the names and the key that were asked for, leaf first and without the root', async () => {
      const order = await makeTestOrder([name, 'shop.example']);
      const chain = certificatesOf(await obtain(peer.make(), order)).map((pem) => new X509Certificate(pem));
      const [leaf, ...others] = chain;
      expect(leaf?.subjectAltName?.split(', ').toSorted()).toEqual(['DNS:shop.example', `DNS:${name}`]);
      expect(
        order.request.csr.includes(leaf?.publicKey.export({ type: 'spki', format: 'der' }) ?? 'none'),
      ).toBe(true);
      chain.slice(1).forEach((issuer, at) => {
        expect(
          chain[at]?.verify(createPublicKey(issuer.publicKey.export({ type: 'spki', format: 'pem' }))),
        ).toBe(true);
      });
      for (const issuer of others) expect(issuer.subject).not.toBe(issuer.issuer);
    });

    test('stores a handle of plain JSON before it answers, and goes on with it after a restart', async () => {
      const order = await makeTestOrder([name]);
      await peer.make().submit(order.request, null, order.tools);
      expect(order.remembered.length).toBeGreaterThan(0);
      const placed = peer.placed();
      const chain = await obtain(peer.make(), order);
      expect(peer.placed()).toBe(placed);
      expect(certificatesOf(chain).length).toBeGreaterThan(0);
    });

    test('gives the same certificate as often as it is collected, also after a restart', async () => {
      const order = await makeTestOrder([name]);
      const chain = await obtain(peer.make(), order);
      const later = peer.make();
      expect(await later.poll(order.known(), order.request, order.tools)).toEqual({ state: 'ready' });
      expect(await later.collect(order.known())).toBe(chain);
      expect(await later.collect(order.known())).toBe(chain);
    });

    test('works on several orders at once, each for itself', async () => {
      const authority = peer.make();
      const orders = await Promise.all([makeTestOrder([name]), makeTestOrder([name]), makeTestOrder([name])]);
      const chains = await Promise.all(orders.map((order) => obtain(authority, order)));
      expect(new Set(chains.map((chain) => certificatesOf(chain)[0])).size).toBe(3);
    });

    test('cleans up without a word, twice over and for an order that never was', async () => {
      const authority = peer.make();
      const order = await makeTestOrder([name]);
      await obtain(authority, order);
      await authority.cleanUp(order.known(), order.request, order.tools);
      await authority.cleanUp(null, order.request, order.tools);
    });

    test('is found working by its test, with each check in a sentence, and places no order for it', async () => {
      const placed = peer.placed();
      const report = await peer.make().test();
      expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(report.ok).toBe(true);
      expect(report.checks.length).toBeGreaterThan(0);
      for (const { sentence } of report.checks) expect(sentence).toMatch(/^\S.*\.$/s);
      expect(peer.placed()).toBe(placed);
    });

    test('says when to renew only where it can', async () => {
      const authority = peer.make();
      const chain = await obtain(authority, await makeTestOrder([name]));
      const info = await authority.renewalInfo?.(certificatesOf(chain)[0] ?? '');
      if (info) expect(info.end).toBeGreaterThan(info.start);
    });

    test('has a root to hand out exactly when its definition says so', async () => {
      const authority = peer.make();
      expect(authority.root !== undefined).toBe(authorityDefinition({ kind }).ownRoot !== null);
      if (authority.root === undefined) return;
      const { pem, fingerprint } = await authority.root();
      expect(new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
      expect(await peer.make().root?.()).toEqual({ pem, fingerprint });
    });

    test('refuses in one sentence, with what to do, and has nothing to collect then', async () => {
      const authority = peer.make();
      const order = await makeTestOrder(peer.refused());
      const refusal = await untilDone(authority, order).then(
        (status) => (status.state === 'refused' ? status.because : null),
        (thrown: unknown) => asFailure(thrown).toData(),
      );
      expect(refusal?.sentence).toMatch(/^\S.*\.$/s);
      expect(refusal?.hint).toBeTruthy();
      expect(['never', 'needs-person']).toContain(refusal?.retry);
      await expect(authority.collect(order.known())).rejects.toThrow();
    });
  },
);
