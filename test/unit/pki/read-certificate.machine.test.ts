import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf, quickKeyTypes } from '#test/make/certificates.ts';
import { makeChance } from '#test/make/random.ts';
import { readDer } from '../../../electron/pki/der.ts';
import { readAltNames, readExtensions, subjectAltName } from '../../../electron/pki/extensions.ts';
import { oids } from '../../../electron/pki/oids.ts';
import { splitPem } from '../../../electron/pki/pem.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { explicit, implicit, octetString, oid, sequence } from '../../../electron/pki/write-der.ts';
import { failureOf } from './failure-of.ts';

const ca = makeCa({ commonName: 'Zürich, "CA" + more\\' });
const leaf = makeLeaf(ca, { names: ['www.example.org', '10.0.0.1', '2001:db8::1'] });
const der = splitPem(leaf.certPem)[0]!.der;

describe('the facts of a certificate', () => {
  test('are the same from PEM text, PEM bytes and DER', () => {
    expect(readCertificate(Buffer.from(leaf.certPem))).toEqual(leaf.facts);
    expect(readCertificate(der)).toEqual(leaf.facts);
    expect(readCertificate(new Uint8Array(der))).toEqual(leaf.facts);
  });

  test('are those that were asked for', () => {
    expect(leaf.facts).toMatchObject({
      subject: 'CN=www.example.org',
      issuer: 'CN=Zürich\\, \\"CA\\" \\+ more\\\\',
      names: ['www.example.org', '10.0.0.1', '2001:db8::1'],
      keyType: 'ec-p256',
      selfSigned: false,
    });
    expect(ca.facts).toMatchObject({ selfSigned: true, subject: ca.facts.issuer });
    expect(leaf.facts.keyFingerprint).not.toBe(ca.facts.keyFingerprint);
  });

  test.each(quickKeyTypes)('name the key type %s', (keyType) => {
    expect(makeLeaf(ca, { names: ['a.example.org'], keyType }).facts.keyType).toBe(keyType);
  });

  test('come from no certificate with an extension twice, of which each reader would take another one', () => {
    const name = subjectAltName(['www.example.org'], false);
    const list = readDer(sequence(name, name));
    expect(failureOf(() => readExtensions(list)).code).toBe('der.unreadable');
    expect(readExtensions(readDer(sequence(name))).size).toBe(1);
  });

  test('come from no certificate with an alternative name of no known kind, for which OpenSSL drops them all', () => {
    const name = implicit(2, Buffer.from('www.example.org'));
    const read = (strange: Buffer) => {
      const extension = sequence(oid(oids.subjectAltName), octetString(sequence(name, strange)));
      return readAltNames(readExtensions(readDer(sequence(extension))));
    };
    for (const strange of [
      implicit(9, name),
      explicit(9, name),
      explicit(2, name),
      octetString(name),
      oid('1.2.3'),
      explicit(0, name),
      explicit(0, Buffer.concat([oid('1.2.3'), name])),
      // an address whose tag became that of another kind of name
      explicit(0, Buffer.from('20010db8000000000000000000000001', 'hex')),
    ])
      expect(failureOf(() => read(strange)).code).toBe('der.unreadable');
    for (const other of [
      implicit(1, name),
      implicit(6, name),
      implicit(8, Buffer.of(42)),
      explicit(4, sequence()),
      explicit(0, Buffer.concat([oid('1.3.6.1.4.1.311.20.2.3'), explicit(0, octetString(name))])),
    ])
      expect(read(other)).toEqual(['www.example.org']);
  });

  test('agree with those of the runtime for every root it trusts', () => {
    expect(rootCertificates.length).toBeGreaterThan(50);
    for (const pem of rootCertificates) {
      const [ours, theirs] = [readCertificate(pem), new X509Certificate(pem)];
      expect(ours.fingerprint).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
      expect(ours.serial).toBe(theirs.serialNumber.toLowerCase().padStart(2, '0'));
      expect(ours.notBefore).toBe(Date.parse(theirs.validFrom));
      expect(ours.notAfter).toBe(Date.parse(theirs.validTo));
      expect(ours.selfSigned).toBe(theirs.verify(theirs.publicKey));
      const details = theirs.publicKey.asymmetricKeyDetails;
      const type = details?.modulusLength
        ? `rsa-${details.modulusLength}`
        : { prime256v1: 'ec-p256', secp384r1: 'ec-p384', secp521r1: 'ec-p521' }[details?.namedCurve ?? ''];
      expect(ours.keyType).toBe(type);
      expect(ours.subject.length).toBeGreaterThan(5);
    }
  });

  test('may lie after 2049', () => {
    const far = makeLeaf(ca, { names: ['a.org'], notAfter: Date.UTC(2051, 0, 1) });
    expect(far.facts.notAfter).toBe(Date.UTC(2051, 0, 1));
  });

  test('cannot be had from garbage: a Failure says so', () => {
    const inputs = [
      '',
      'no PEM',
      Buffer.alloc(0),
      Buffer.from('3000', 'hex'),
      Buffer.from('30033001ff', 'hex'),
      leaf.keyPem,
    ];
    for (const input of inputs) {
      const failure = failureOf(() => readCertificate(input));
      expect(failure.code).toBe('certificate.unreadable');
      expect(failure.message).not.toContain('PRIVATE');
    }
  });

  test('cannot be had from a part of a certificate', () => {
    for (let end = 0; end < der.length; end += 1) {
      expect(failureOf(() => readCertificate(der.subarray(0, end))).code).toBe('certificate.unreadable');
    }
  });

  test('come, or a Failure does, from random bytes', () => {
    const chance = makeChance(100);
    for (let turn = 0; turn < 2000; turn += 1) {
      const bytes = Buffer.concat([Buffer.of(0x30), chance.bytes(chance.int(60))]);
      expect(failureOf(() => readCertificate(bytes)).code).toBe('certificate.unreadable');
    }
  });
});
