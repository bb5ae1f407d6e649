import { expect, test } from 'vitest';
import { passphraseKeychain } from '../../../electron/secrets/passphrase.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const keychain = passphraseKeychain(Secret.of('correct horse battery'));

test('A passphrase makes the key that another program (scrypt of Python, 2^17) makes of it', async () => {
  const key = await keychain.get('key_0123456789abcdef');
  expect(key?.toString('hex')).toBe('6371eae716a5154c0260f441c6810b89ba0bbd8a75dc33733e492a1ba93376af');
});

test('The same passphrase makes another key under every key ID, and keeps no other one', async () => {
  const [one, two] = await Promise.all([keychain.get('key_1'), keychain.get('key_2')]);
  if (one === null || two === null) throw new Error('a passphrase always makes a key');
  expect(one.equals(two)).toBe(false);
  await keychain.set('key_1', Buffer.from(one));
  await expect(keychain.set('key_1', two)).rejects.toMatchObject({ code: 'keychain.write-failed' });
});
