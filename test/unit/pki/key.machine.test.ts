import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { quickKeyTypes } from '#test/make/certificates.ts';
import { generateKey, keyTypeOfSpki, signWithKeyPem, spkiOfKeyPem } from '../../../electron/pki/key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { failureOf } from './failure-of.ts';

const spkiOf = (pair: { publicKey: { export(options: { type: 'spki'; format: 'der' }): Buffer } }) =>
  pair.publicKey.export({ type: 'spki', format: 'der' });

describe('a key pair', () => {
  test.each(quickKeyTypes)('of type %s is what it says and signs', async (keyType) => {
    const { pem, spki } = await generateKey(keyType);
    expect(pem.text()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(keyTypeOfSpki(spki)).toBe(keyType);
    expect(spkiOfKeyPem(pem)).toEqual(spki);
    expect(createPrivateKey(pem.text()).type).toBe('private');
    const data = Buffer.from('what is signed');
    const signature = signWithKeyPem(pem, keyType, data);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(keyType === 'ec-p384' ? 'sha384' : 'sha256', data, key, signature)).toBe(true);
  });

  test('that cannot sign says so without telling the key', () => {
    const failure = failureOf(() => signWithKeyPem(Secret.of('no key, s3cret'), 'ec-p256', Buffer.alloc(1)));
    expect(failure.code).toBe('key.unreadable');
    expect(JSON.stringify([failure.toData(), String(failure.cause)])).not.toContain('s3cret');
  });
});

describe('the type of a public key', () => {
  test('is told for keys that are none of ours', () => {
    expect(keyTypeOfSpki(spkiOf(generateKeyPairSync('rsa', { modulusLength: 1024 })))).toBe('rsa-1024');
    expect(keyTypeOfSpki(spkiOf(generateKeyPairSync('rsa', { modulusLength: 2047 })))).toBe('rsa-2047');
    expect(keyTypeOfSpki(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-521' })))).toBe('ec-p521');
    expect(keyTypeOfSpki(spkiOf(generateKeyPairSync('ed25519')))).toBe('ed25519');
    expect(
      keyTypeOfSpki(
        spkiOf(
          generateKeyPairSync('rsa-pss', {
            modulusLength: 2048,
            hashAlgorithm: 'sha256',
            mgf1HashAlgorithm: 'sha256',
          }),
        ),
      ),
    ).toBe('rsa-pss-2048');
    expect(
      keyTypeOfSpki(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }))),
    ).toBe('ec-explicit');
  });

  test('of garbage is a Failure', () => {
    for (const bytes of ['', '3000', '30023000', 'ffff']) {
      expect(failureOf(() => keyTypeOfSpki(Buffer.from(bytes, 'hex'))).code).toBe('key.unreadable');
    }
  });
});
