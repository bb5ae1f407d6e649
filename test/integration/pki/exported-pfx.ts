import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { type Openssl, openOpenssl } from '#test/servers/openssl.ts';
import { readPfx } from '../../../electron/pki/read-pfx.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export const ca = makeCa();
export const intermediate = makeCa({ signedBy: ca, commonName: 'Client CA' });
export const ec = makeLeaf(ca, { names: ['agent.example.org'], intermediate });
export const rsa = makeLeaf(ca, { names: ['rsa.example.org'], intermediate, keyType: 'rsa-2048' });
type Leaf = typeof ec;
export const password = 'correct horse';
const secret = (text: string | null) => (text === null ? null : Secret.of(text));
export const read = (bytes: Uint8Array, text: string | null = password) => readPfx(bytes, secret(text));

/** That it is this key and this chain: leaf and intermediate, no root. */
export async function expectPair(reading: ReturnType<typeof readPfx>, leaf: Leaf): Promise<void> {
  const found = await reading;
  expect(found.certificatePem).toBe(leaf.certPem + intermediate.certPem);
  const key = createPrivateKey(found.keyPem.text());
  expect(found.keyPem.text()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(createPublicKey(key).export({ type: 'spki', format: 'der' })).toEqual(leaf.spki);
  expect(found).toMatchObject({ subject: leaf.facts.subject, notAfter: leaf.facts.notAfter });
}

export let openssl: Openssl;

export function legacy(): string[] {
  return ['-provider', 'legacy', '-provider', 'default'];
}

/** One directory for openssl for all tests of a file. */
export function prepareOpenssl(): void {
  beforeAll(async () => {
    openssl = await openOpenssl();
    for (const [name, leaf] of Object.entries({ ec, rsa })) {
      await openssl.file(`${name}.pem`, leaf.certPem);
      await openssl.file(`${name}.key`, leaf.keyPem);
    }
    await openssl.file('others.pem', ca.certPem + intermediate.certPem);
  });
  afterAll(() => openssl.remove());
}
