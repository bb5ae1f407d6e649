import { describe, expect, test } from 'vitest';
import { keyTypes } from '#shared/model/certificate.ts';
import { makeKey } from '#test/make/certificates.ts';
import { makeChance, randomName } from '#test/make/random.ts';
import { have } from '#test/servers/available.ts';
import { buildCsr, normalizeNames, readCsr } from '../../../electron/pki/csr.ts';
import { ipText } from '../../../electron/pki/ip.ts';
import { generateKey, signWithKeyPem } from '../../../electron/pki/key.ts';
import { splitPem } from '../../../electron/pki/pem.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { openssl, prepareOpenssl } from './openssl-verdict.ts';

prepareOpenssl();

/** Names as openssl prints them in a subjectAltName. */
function printedNames(text: string): string[] {
  const line = /Subject Alternative Name:.*\n\s*(.*)/.exec(text)?.[1] ?? '';
  return line.split(', ').map((entry) => {
    const value = entry.replace(/^(DNS|IP Address):/, '');
    return ipText(value) ?? value;
  });
}

describe.skipIf(!have('openssl'))('openssl agrees', () => {
  test.each(keyTypes)('that a key of type %s and its CSR are sound', async (keyType) => {
    const { pem, spki } = await generateKey(keyType);
    const keyFile = await openssl.file('key.pem', pem.bytes());
    expect(await openssl.must('pkey', '-in', keyFile, '-check', '-noout')).toContain('Key is valid');
    const chance = makeChance(keyTypes.indexOf(keyType));
    const names = Array.from({ length: 12 }, () => randomName(chance));
    const csr = await buildCsr({
      names,
      spki,
      keyType,
      sign: async (data) => signWithKeyPem(pem, keyType, data),
    });
    const csrFile = await openssl.file('csr.der', csr);
    const said = await openssl.must('req', '-inform', 'DER', '-in', csrFile, '-verify', '-noout', '-text');
    expect(said).toContain('verify OK');
    expect(printedNames(said)).toEqual(normalizeNames(names));
    expect(said).toContain(
      keyType === 'ec-p384' ? 'with-SHA384' : keyType.startsWith('ec') ? 'with-SHA256' : 'sha256With',
    );
  });

  test('that random CSRs are sound', async () => {
    const chance = makeChance(2026);
    const { keyPem, spki, keyType } = makeKey();
    const sign = async (data: Buffer) => signWithKeyPem(Secret.of(keyPem), keyType, data);
    for (let turn = 0; turn < 15; turn += 1) {
      const names = Array.from({ length: 1 + chance.int(40) }, () => randomName(chance));
      const csrFile = await openssl.file('csr.der', await buildCsr({ names, spki, keyType, sign }));
      const said = await openssl.must('req', '-inform', 'DER', '-in', csrFile, '-verify', '-noout', '-text');
      expect(said).toContain('verify OK');
      expect(printedNames(said)).toEqual(normalizeNames(names));
    }
  });

  test.each([
    ['rsa-2048', ['-newkey', 'rsa:2048']],
    ['ec-p384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['ed25519', ['-newkey', 'ed25519']],
    [
      'rsa-pss-2048',
      ['-newkey', 'rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048', '-sigopt', 'rsa_pss_saltlen:32'],
    ],
  ])('about its own CSRs with a key of type %s', async (keyType, options) => {
    const san = 'subjectAltName=DNS:www.example.org,email:a@example.org,IP:10.0.0.1,IP:2001:db8::1';
    await openssl.must(
      ...['req', '-new', ...options, '-nodes', '-subj', '/C=DE/O=Example/CN=www.example.org', '-addext', san],
      ...['-keyout', openssl.path('own.key'), '-outform', 'PEM', '-out', openssl.path('own.csr')],
    );
    const pem = await openssl.must('req', '-in', openssl.path('own.csr'));
    const read = readCsr(splitPem(pem)[0]!.der);
    expect(read.keyType).toBe(keyType);
    expect(read.names).toEqual(['www.example.org', '10.0.0.1', '2001:db8::1']);
  });

  test('about a CSR that has its name in the subject only', async () => {
    await openssl.must(
      ...[
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/O=Example/CN=old.example.org',
      ],
      ...['-keyout', openssl.path('own.key'), '-outform', 'DER', '-out', openssl.path('own.csr')],
    );
    const pem = await openssl.must('req', '-inform', 'DER', '-in', openssl.path('own.csr'));
    expect(readCsr(splitPem(pem)[0]!.der).names).toEqual(['old.example.org']);
  });

  test.each([
    ['rsa-4096', ['-newkey', 'rsa:4096', '-sha512']],
    ['ec-p521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-521']],
    ['ed25519', ['-newkey', 'ed25519']],
    ['rsa-2048', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:20']],
    ['ec-p256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-set_serial', '0']],
    ['ec-p256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-set_serial', '0x80ab']],
    ['ec-p256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-set_serial', '-513']],
  ])('about the facts of its own certificates: %s %j', async (keyType, options) => {
    await openssl.must(
      ...[
        'req',
        '-x509',
        ...options,
        '-nodes',
        '-subj',
        '/C=DE/O=A, "B" \\+ Ümlaut\\/D/CN=Own',
        '-days',
        '30',
      ],
      ...['-utf8', '-keyout', openssl.path('own.key'), '-out', openssl.path('own.pem')],
    );
    const format = [
      '-serial',
      '-fingerprint',
      '-sha256',
      '-dates',
      '-subject',
      '-nameopt',
      'RFC2253,-esc_msb',
    ];
    const said = await openssl.must('x509', '-in', openssl.path('own.pem'), '-noout', ...format);
    const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'mi').exec(said)?.[1] ?? '';
    const facts = readCertificate(await openssl.must('x509', '-in', openssl.path('own.pem')));
    expect(facts.serial).toBe(field('serial').toLowerCase());
    expect(facts.fingerprint).toBe(field('sha256 fingerprint').replaceAll(':', '').toLowerCase());
    expect(facts.notBefore).toBe(Date.parse(field('notBefore')));
    expect(facts.notAfter).toBe(Date.parse(field('notAfter')));
    expect(facts.subject).toBe(
      field('subject').replace('CN=Own,O=', 'CN=Own, O=').replace(',C=DE', ', C=DE'),
    );
    expect(facts).toMatchObject({ keyType, selfSigned: true, names: ['Own'] });
  });
});
