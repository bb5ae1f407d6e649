import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeCa, makeKey, makeLeaf, slowKeyTypes } from '#test/make/certificates.ts';
import { checkMaterial } from '../../../electron/pki/chain.ts';
import { buildCsr, readCsr } from '../../../electron/pki/csr.ts';
import { issueLeaf, issueRoot } from '../../../electron/pki/issue.ts';
import { generateKey, keyTypeOfSpki, signWithKeyPem, spkiOfKeyPem } from '../../../electron/pki/key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

/** What the unit tests show for quick keys, for those that take seconds to make. */

const now = Date.now();
const ca = makeCa();
const names = ['www.example.org'];

describe.each(slowKeyTypes)('a key of type %s', (keyType) => {
  test('is what it says, signs, and is read from its CSR', async () => {
    const { pem, spki } = await generateKey(keyType);
    expect(pem.text()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(keyTypeOfSpki(spki)).toBe(keyType);
    expect(spkiOfKeyPem(pem)).toEqual(spki);
    const sign = async (data: Buffer) => signWithKeyPem(pem, keyType, data);
    const read = readCsr(await buildCsr({ names: ['Www.example.org', '::1'], spki, keyType, sign }));
    expect(read).toMatchObject({ names: ['www.example.org', '::1'], keyType });
  });

  test('gets a leaf that its root signed', () => {
    const made = makeKey();
    const key = { pem: Secret.of(made.keyPem), keyType: made.keyType };
    const rootOrder = { commonName: 'Root', key, spki: made.spki, now, days: 100, permittedNames: [] };
    const root = issueRoot({ ...rootOrder, serial: Buffer.alloc(16, 1) });
    const { spki } = makeKey(keyType);
    const leafOrder = { issuer: root, key, spki, names, serial: Buffer.alloc(16, 2), now, days: 90 };
    const leaf = new X509Certificate(issueLeaf(leafOrder));
    expect(leaf.checkIssued(new X509Certificate(root))).toBe(true);
    expect(leaf.verify(new X509Certificate(root).publicKey)).toBe(true);
    expect(leaf.checkHost('www.example.org')).toBe('www.example.org');
    expect(leaf.ca).toBe(false);
  });

  test('is named by its certificate and may be installed', () => {
    const { chainPem, spki, facts } = makeLeaf(ca, { names, keyType });
    expect(facts.keyType).toBe(keyType);
    const { ok, checks } = checkMaterial({ chainPem, spki, names, keyType, now });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
  });
});

test('a key pair is a new one each time, many at once too', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => generateKey('rsa-2048')));
  expect(new Set(made.map(({ spki }) => spki.toString('hex'))).size).toBe(8);
});

test('a key pair is made without holding up the event loop', async () => {
  const [whole, own] = [process.cpuUsage(), process.threadCpuUsage()];
  await generateKey('rsa-3072');
  const cost = (used: NodeJS.CpuUsage) => used.user + used.system;
  expect(cost(process.threadCpuUsage(own))).toBeLessThan(cost(process.cpuUsage(whole)) / 2);
});
