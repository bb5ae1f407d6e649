import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { osKeychain } from '../../electron/secrets/os-keychain.ts';

// In the Credential Manager of Windows, as Wine has it: run by test/e2e/windows-units.long.test.ts, with the unit tests.
const keychain = osKeychain('trustkeep-tests');
const [first, second] = ['ab'.repeat(16), 'cd'.repeat(16)];

test('a master key is kept under its id, beside others, until it is removed', async () => {
  const [one, other] = [randomBytes(32), randomBytes(32)];
  expect(await keychain.get(first)).toBeNull();
  await keychain.set(first, one);
  await keychain.set(second, other);
  expect([await keychain.get(first), await keychain.get(second)]).toEqual([one, other]);
  await keychain.remove(first);
  expect([await keychain.get(first), await keychain.get(second)]).toEqual([null, other]);
  await keychain.remove(second);
  expect(await keychain.get(second)).toBeNull();
});
