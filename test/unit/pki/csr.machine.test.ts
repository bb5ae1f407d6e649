import { describe, expect, test } from 'vitest';
import type { KeyType } from '#shared/model/certificate.ts';
import { makeKey, quickKeyTypes } from '#test/make/certificates.ts';
import { makeChance, randomName } from '#test/make/random.ts';
import { buildCsr, normalizeNames, readCsr } from '../../../electron/pki/csr.ts';
import { generateKey, signWithKeyPem } from '../../../electron/pki/key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { failureOf } from './failure-of.ts';

async function csrFor(names: string[], keyType: KeyType = 'ec-p256'): Promise<Buffer> {
  const { pem, spki } = await generateKey(keyType);
  return buildCsr({ names, spki, keyType, sign: async (data) => signWithKeyPem(pem, keyType, data) });
}

describe('a CSR', () => {
  test.each(quickKeyTypes)('with a key of type %s is read as it was made', async (keyType) => {
    const read = readCsr(await csrFor(['Www.example.org', '*.example.org', '10.0.0.1', '::1'], keyType));
    expect(read.names).toEqual(['www.example.org', '*.example.org', '10.0.0.1', '::1']);
    expect(read.keyType).toBe(keyType);
  });

  test('holds any names that may be certified', async () => {
    const chance = makeChance(7);
    for (let turn = 0; turn < 60; turn += 1) {
      const names = Array.from({ length: 1 + chance.int(30) }, () => randomName(chance));
      expect(readCsr(await csrFor(names)).names).toEqual(normalizeNames(names));
    }
  });

  test('is not made for names that cannot be certified', async () => {
    await expect(csrFor(['no name'])).rejects.toMatchObject({ code: 'names.invalid' });
  });

  test('is not made for a key of another type, nor signed by another key', async () => {
    const { spki } = makeKey();
    const other = Secret.of(makeKey().keyPem);
    const sign = async (data: Buffer) => signWithKeyPem(other, 'ec-p256', data);
    await expect(buildCsr({ names: ['a.org'], spki, keyType: 'rsa-2048', sign })).rejects.toMatchObject({
      code: 'key.type-wrong',
    });
    await expect(buildCsr({ names: ['a.org'], spki, keyType: 'ec-p256', sign })).rejects.toMatchObject({
      code: 'csr.signature-wrong',
    });
  });

  test('that was changed anywhere is refused with a Failure', async () => {
    const csr = await csrFor(['www.example.org']);
    for (let at = 0; at < csr.length; at += 1) {
      const changed = Buffer.from(csr);
      changed[at]! ^= 1;
      expect(failureOf(() => readCsr(changed)).code).toMatch(/^csr\.(unreadable|signature-wrong)$/);
      expect(failureOf(() => readCsr(csr.subarray(0, at))).code).toBe('csr.unreadable');
    }
  });
});
