import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeKey, quickKeyTypes } from '#test/make/certificates.ts';
import { backdateMs, issueLeaf, issueRoot } from '../../../electron/pki/issue.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { parseX509 } from '../../../electron/pki/x509.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { failureOf } from './failure-of.ts';

const now = Date.UTC(2026, 5, 1, 12);
const day = 86_400_000;
const made = makeKey();
const key = { pem: Secret.of(made.keyPem), keyType: 'ec-p256' as const };
const rootOrder = {
  ...{ commonName: 'Örtliche Wurzel', key, spki: made.spki, serial: Buffer.alloc(16, 0xff), now },
  ...{ days: 100, permittedNames: [] as string[] },
};
const root = issueRoot(rootOrder);
const leafOrder = {
  ...{ issuer: root, key, spki: makeKey().spki, names: ['WWW.example.org'], serial: Buffer.alloc(16), now },
  days: 90,
};

describe('an issued leaf', () => {
  test.each(quickKeyTypes)('with a key of type %s is signed by its root', (keyType) => {
    const leaf = new X509Certificate(issueLeaf({ ...leafOrder, spki: makeKey(keyType).spki }));
    expect(leaf.checkIssued(new X509Certificate(root))).toBe(true);
    expect(leaf.verify(new X509Certificate(root).publicKey)).toBe(true);
    expect(leaf.checkHost('www.example.org')).toBe('www.example.org');
    expect(leaf.ca).toBe(false);
  });

  test('starts five minutes early and lasts as long as asked', () => {
    const facts = readCertificate(issueLeaf(leafOrder));
    expect(facts).toMatchObject({ notBefore: now - backdateMs, notAfter: now + 90 * day });
    expect(backdateMs).toBe(300_000);
  });

  test('never starts before or outlives its root', () => {
    const facts = readCertificate(issueLeaf({ ...leafOrder, days: 200, now: now + 50 * day }));
    expect(facts.notAfter).toBe(now + 100 * day);
    expect(readCertificate(issueLeaf({ ...leafOrder, now: now - day })).notBefore).toBe(now - backdateMs);
  });

  test('has a positive serial of 16 bytes whatever bytes it was given', () => {
    expect(readCertificate(issueLeaf(leafOrder)).serial).toBe(`40${'00'.repeat(15)}`);
    expect(readCertificate(root).serial).toBe(`7f${'ff'.repeat(15)}`);
  });

  test('has no subject when its names are too long or addresses, and a critical subjectAltName then', () => {
    const long = `${'a'.repeat(60)}.example.org`;
    for (const names of [[long], ['10.0.0.1', '::1']]) {
      const leaf = parseX509(issueLeaf({ ...leafOrder, names }));
      expect(leaf.subject.contents.length).toBe(0);
      expect(leaf.extensions.get('2.5.29.17')?.critical).toBe(true);
      expect(leaf.altNames).toEqual(names);
    }
    expect(parseX509(issueLeaf(leafOrder)).extensions.get('2.5.29.17')?.critical).toBe(false);
  });

  test('is not issued for names that cannot be certified, nor without names', () => {
    expect(failureOf(() => issueLeaf({ ...leafOrder, names: ['a b'] })).code).toBe('names.invalid');
    expect(failureOf(() => issueLeaf({ ...leafOrder, names: [] })).code).toBe('names.invalid');
  });
});

test('an issued root is a CA that names itself', () => {
  expect(readCertificate(root)).toMatchObject({
    subject: 'CN=Örtliche Wurzel',
    issuer: 'CN=Örtliche Wurzel',
    selfSigned: true,
  });
  expect(new X509Certificate(root).ca).toBe(true);
});
