import { describe, expect, test } from 'vitest';
import { certificateFacts } from '#test/make/certificate-rows.ts';
import { keyTypeFor } from '../../../electron/agent/policies/key-type.ts';

const node = (keyType: string | null) => ({
  name: 'shop.example',
  certificate: keyType === null ? null : certificateFacts('shop', { keyType }),
});
const only = (family: 'rsa' | 'ecdsa') => ({ onlyKeys: { family, why: 'its ssl_ciphers allow no other' } });

describe('the key type of a new certificate', () => {
  test.each([
    [null, 'ec-p256'],
    ['ec-p256', 'ec-p256'],
    ['ec-p384', 'ec-p384'],
    ['ec-p521', 'ec-p384'],
    ['rsa-2048', 'rsa-2048'],
    ['rsa-4096', 'rsa-4096'],
    ['rsa-1024', 'rsa-2048'],
    ['rsa-2560', 'rsa-3072'],
    ['rsa-8192', 'rsa-4096'],
    ['ed25519', 'ec-p256'],
  ])('stays of the kind it is: %s becomes %s', (present, wanted) => {
    expect(keyTypeFor(node(present), {}, null)).toBe(wanted);
  });

  test('is what was asked for, whatever the present one is', () => {
    expect(keyTypeFor(node('rsa-2048'), {}, 'ec-p384')).toBe('ec-p384');
  });

  test.each([
    [null, 'rsa', 'rsa-2048'],
    ['ec-p256', 'rsa', 'rsa-2048'],
    ['rsa-3072', 'rsa', 'rsa-3072'],
    ['rsa-2048', 'ecdsa', 'ec-p256'],
    ['ec-p384', 'ecdsa', 'ec-p384'],
  ] as const)(
    'is of the only kind the node can serve: %s, %s only, becomes %s',
    (present, family, wanted) => {
      expect(keyTypeFor(node(present), only(family), null)).toBe(wanted);
    },
  );

  test('is refused before anything is ordered when the node could not serve it', () => {
    expect(() => keyTypeFor(node('rsa-2048'), only('rsa'), 'ec-p256')).toThrow(
      expect.objectContaining({
        code: 'endpoint.key-type-differs',
        message: 'shop.example can only serve an RSA certificate: its ssl_ciphers allow no other.',
        hint: 'Request it with a key type of rsa-2048 or the like.',
      }),
    );
  });
});
