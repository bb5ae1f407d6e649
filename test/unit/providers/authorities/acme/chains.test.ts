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

test('of thousands of alternates a few are asked for', async () => {
  const asked: string[] = [];
  const urls = Array.from({ length: 5000 }, (_, i) => `https://ca.example/${i}`);
  const picked = await pickChain(answer(leaf.chainPem, urls), wanted, async (url) => {
    asked.push(url);
    return null;
  });
  expect([asked.length, picked.chainPem]).toEqual([8, leaf.chainPem]);
});
