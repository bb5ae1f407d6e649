import { scrypt, timingSafeEqual } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { Keychain } from './keychain.ts';
import type { Secret } from './secret.ts';

/** About a quarter of a second and 128 MiB: what a guess costs. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 };

/**
 * A key made from a passphrase; nothing is kept. The key id (random, stored beside the sealed values) is the salt.
 * `get` gives a key for every passphrase: whether it is the right one, the check value tells.
 */
export function passphraseKeychain(passphrase: Secret): Keychain {
  return {
    kind: 'passphrase',
    bringsKey: true,
    get: (keyId) => derive(passphrase, keyId),
    async set(keyId, key) {
      const own = await derive(passphrase, keyId);
      const same = own.length === key.length && timingSafeEqual(own, key);
      own.fill(0);
      if (!same)
        throw new Failure(
          'keychain.write-failed',
          'A passphrase makes its own key and cannot keep another one.',
        );
    },
    async remove() {},
  };
}

function derive(passphrase: Secret, keyId: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.bytes(), `trustkeep ${keyId}`, 32, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
