import { expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { pickChain } from '../../../../../electron/providers/authorities/acme/chains.ts';
import type { AcmeAnswer } from '../../../../../electron/providers/authorities/acme/client.ts';

const wanted = 'Wanted Root';
const root = makeCa({ commonName: wanted });
const leaf = makeLeaf(makeCa({ commonName: 'Usual Root' }), { names: ['shop.example'], intermediate: true });
const stranger = makeCa({ commonName: 'Stranger', signedBy: root });

const answer = (chainPem: string, alternates: string[] = []): AcmeAnswer => ({
  ...{ status: 200, location: null, retryAfterMs: null },
  body: Buffer.from(chainPem),
  links: () => alternates,
});

test('an alternate that does not lead up to the preferred issuer is not taken in place of the usual chain', async () => {
  const usual = answer(leaf.chainPem, ['https://ca.example/2']);
  const picked = await pickChain(usual, wanted, async () => answer(leaf.certPem + stranger.certPem));
  expect(picked.chainPem).toBe(leaf.chainPem);
  expect(picked.remark).toMatchObject({
    warning: true,
    sentence: expect.stringContaining('1 of its other chains could not be used. Its usual chain is used.'),
  });
});

const usualRoot = makeCa({ commonName: 'Usual Root' });
const intermediate = makeCa({ commonName: 'Intermediate', signedBy: usualRoot });
const issued = makeLeaf(usualRoot, { names: ['blog.example'], intermediate });
const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
/** The same leaf below the same issuer, which the preferred root has signed too. */
const preferred =
  issued.certPem + makeCa({ commonName: 'Intermediate', keyOf: intermediate, signedBy: root }).certPem;

test('the alternate whose topmost certificate the preferred issuer signed is taken, and that is no warning', async () => {
  const usual = answer(issued.chainPem, ['https://ca.example/2', 'https://ca.example/3']);
  const picked = await pickChain(usual, wanted, async (url) =>
    answer(url.endsWith('3') ? preferred : broken),
  );
  expect(picked).toMatchObject({ chainPem: preferred, remark: { warning: false } });
});

test('where no chain ends at the preferred issuer the usual one is taken, with a warning', async () => {
  const usual = answer(issued.chainPem, ['https://ca.example/2']);
  const picked = await pickChain(usual, 'Nobody Root', async () => answer(preferred));
  expect(picked).toMatchObject({ chainPem: issued.chainPem, remark: { warning: true } });
});

test('the chain of another certificate is none', async () => {
  const other = makeLeaf(root, { names: ['shop.example'], intermediate: true });
  const usual = answer(leaf.chainPem, ['https://ca.example/2']);
  const picked = await pickChain(usual, wanted, async () => answer(other.chainPem));
  expect(picked).toMatchObject({ chainPem: leaf.chainPem, remark: { warning: true } });
});

test('of thousands of alternates a few are asked for', async () => {
  const asked: string[] = [];
  const urls = Array.from({ length: 5000 }, (_, i) => `https://ca.example/${i}`);
  const picked = await pickChain(answer(leaf.chainPem, urls), wanted, async (url) => {
    asked.push(url);
    return null;
  });
  expect([asked.length, picked.chainPem]).toEqual([8, leaf.chainPem]);
});
