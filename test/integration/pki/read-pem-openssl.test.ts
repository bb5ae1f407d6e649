import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeKey, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { toPem } from '../../../electron/pki/pem.ts';
import { expiryWarning } from '../../../electron/pki/read-pfx.ts';
import { rejectionOf } from '../../unit/pki/failure-of.ts';
import {
  ca,
  ec,
  expectPair,
  intermediate,
  legacy,
  openssl,
  password,
  prepareOpenssl,
  read,
  rsa,
} from './exported-pfx.ts';

prepareOpenssl();

describe('a PEM file', () => {
  const pem = (...parts: string[]) => Buffer.from(parts.join(''));

  test('is read in whatever order, with text and a root in it', async () => {
    await expectPair(
      read(pem('# agent\n', ec.keyPem, ca.certPem, intermediate.certPem, ec.certPem), null),
      ec,
    );
    await expectPair(
      read(pem(rsa.certPem, '\r\nBag Attributes\r\n', intermediate.certPem, rsa.keyPem), null),
      rsa,
    );
  });

  test('with several keys gives the pair that belongs together', async () => {
    await expectPair(read(pem(makeKey().keyPem, ec.keyPem, ec.certPem, intermediate.certPem), null), ec);
  });

  test.skipIf(!have('openssl')).each([
    ['PKCS#8 with AES-256', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc']],
    [
      'PKCS#8 with AES-128 and SHA-512',
      ['pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512'],
    ],
    ['PKCS#8 with 3DES', ['pkcs8', '-topk8', '-v2', 'des3']],
    ['PKCS#8 with scrypt', ['pkcs8', '-topk8', '-scrypt', '-scrypt_N', '1024']],
    ['PKCS#8 in the old way (MD5, DES)', ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', ...legacy()]],
    ['PKCS#8 in the old way (SHA-1, DES)', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-DES', ...legacy()]],
    ['the traditional form with AES-256', ['rsa', '-traditional', '-aes256']],
    ['the traditional form with 3DES', ['rsa', '-traditional', '-des3']],
    ['the traditional form with DES', ['rsa', '-traditional', '-des', ...legacy()]],
    ['the traditional form without protection', ['rsa', '-traditional']],
  ])('with a key in %s is read', async (_name, options) => {
    const out = openssl.path('encrypted.key');
    const protectedBy = options.length > 2 ? ['-passout', `pass:${password}`] : [];
    await openssl.must(...options, '-in', openssl.path('rsa.key'), '-out', out, ...protectedBy);
    const file = pem(await readFile(out, 'utf8'), rsa.certPem, intermediate.certPem);
    await expectPair(read(file), rsa);
    if (protectedBy.length === 0) return;
    expect((await rejectionOf(read(file, 'wrong'))).code).toBe('client-certificate.wrong-password');
    expect((await rejectionOf(read(file, null))).code).toBe('client-certificate.wrong-password');
  });

  test.skipIf(!have('openssl'))('with an EC key in the traditional form is read', async () => {
    const out = openssl.path('sec1.key');
    await openssl.must(
      'ec',
      '-in',
      openssl.path('ec.key'),
      '-out',
      out,
      '-aes128',
      '-passout',
      `pass:${password}`,
    );
    await expectPair(read(pem(await readFile(out, 'utf8'), ec.certPem, intermediate.certPem)), ec);
  });

  test.each([
    ['a key of another certificate', () => pem(ec.certPem, makeKey().keyPem), 'key-mismatch'],
    ['no key', () => pem(ec.certPem, intermediate.certPem), 'no-key'],
    ['no certificate', () => pem(ec.keyPem), 'no-certificate'],
    ['a block that is cut off', () => pem(ec.keyPem, ec.certPem.slice(0, -30)), 'unreadable'],
    ['a key of OpenSSH', () => pem(ec.certPem, toPem('OPENSSH PRIVATE KEY', randomBytes(40))), 'unreadable'],
    ['a key that is none', () => pem(ec.certPem, toPem('PRIVATE KEY', randomBytes(40))), 'unreadable'],
    ['nothing', () => Buffer.alloc(0), 'unreadable'],
    ['a picture', () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'unreadable'],
    ['a Java key store', () => Buffer.from('feedfeed0000000200000001', 'hex'), 'unreadable'],
    [
      'a certificate in DER',
      () => Buffer.from(ec.certPem.split('\n').slice(1, -2).join(''), 'base64'),
      'no-key',
    ],
  ])('or another with %s is refused', async (_name, file, code) => {
    const failure = await rejectionOf(read(file()));
    expect(failure.code).toBe(`client-certificate.${code}`);
    expect(failure.hint).toMatch(/\.$/);
  });
});

test('a certificate that has expired is read, and its day is told', async () => {
  const notAfter = Date.UTC(2025, 4, 6);
  const old = makeLeaf(ca, { names: ['old.example.org'], notBefore: notAfter - 86_400_000, notAfter });
  const found = await read(Buffer.from(old.certPem + old.keyPem), null);
  expect(expiryWarning(found, notAfter - 1)).toBeNull();
  expect(expiryWarning(found, notAfter)).toContain('CN=old.example.org expired on 2025-05-06');
});
