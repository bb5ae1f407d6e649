import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import type { Remark } from '../../../electron/providers/authorities/authority.ts';
import { makeTestOrder, untilDone } from '../../make/acme.ts';
import { front, pebble, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const nameOf = (pem: string) => /CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1] ?? '';

describe.skipIf(!canRunPebble)('of the chains that a real ACME CA offers', () => {
  preparePebbleBehind({ alternateRoots: 2, chainLength: 2 });

  const rootOf = async (alternate: number) => nameOf(await pebble.issuerRootPem(alternate));
  async function collected(preferredChain?: string) {
    const { authority, requests } = acme(front, {
      settings: preferredChain === undefined ? {} : { preferredChain },
    });
    const order = await makeTestOrder(['chains.example']);
    expect((await untilDone(authority, order)).state).toBe('ready');
    const before = requests.length;
    const remarks: Remark[] = [];
    const chain = await authority.collect(order.known(), (remark) => remarks.push(remark));
    const pems = certificatesOf(chain);
    const root = /CN=(.*)$/m.exec(new X509Certificate(pems.at(-1) ?? '').issuer)?.[1];
    return { root, links: pems.length, remark: remarks[0], asked: requests.length - before };
  }

  test('the usual one is used where none is preferred, and no other is fetched', async () => {
    expect(await collected()).toEqual({ root: await rootOf(0), links: 3, remark: undefined, asked: 1 });
  });

  test('the usual one is used where it is the preferred one, and no other is fetched', async () => {
    const root = await rootOf(0);
    const sentence = `Its usual chain ends at the preferred ${root}.`;
    expect(await collected(root)).toEqual({ root, links: 3, remark: { sentence, warning: false }, asked: 1 });
  });

  test.each([1, 2])(
    'alternate %i is used where it is the preferred one, leaf and intermediates',
    async (at) => {
      const root = await rootOf(at);
      const found = await collected(root);
      expect(found).toMatchObject({ root, links: 3, remark: { warning: false }, asked: at + 1 });
      expect(found.remark?.sentence).toContain(root);
    },
  );

  test('the usual one is used with a warning that names all of them where the preferred one is not offered', async () => {
    const all = await Promise.all([0, 1, 2].map(rootOf));
    const found = await collected('Nobody Root X1');
    expect(found).toMatchObject({ root: all[0], links: 3, asked: 3 });
    expect(found.remark).toEqual({
      sentence: `The CA does not offer a chain that ends at "Nobody Root X1", only at: ${all.join(', ')}. Its usual chain is used.`,
      warning: true,
    });
  });

  test('one that cannot be fetched, or is of another certificate, is none, and that is said', async () => {
    const other = await makeTestOrder(['other.example']);
    const { authority } = acme(front);
    await untilDone(authority, other);
    const stranger = await authority.collect(other.known());
    front.misbehave(({ asked, nth }) => {
      if (asked !== 'certificate') return null;
      return nth % 3 === 0
        ? { answer: 500, body: 'broken' }
        : nth % 3 === 2
          ? { change: () => stranger }
          : null;
    });
    const found = await collected(await rootOf(2));
    expect(found).toMatchObject({ root: await rootOf(0), remark: { warning: true } });
    expect(found.remark?.sentence).toContain('2 of its other chains could not be used.');
  });
});
