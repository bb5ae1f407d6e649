import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownerOnly } from '#test/make/owner-only.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import { tempDirectory } from '../../make/directory.ts';

const keyId = 'ab'.repeat(16);
let directory: ReturnType<typeof tempDirectory>;
let path: string;
const root = process.getuid?.() === 0;
/** Access lists rule there, and only an administrator makes links. */
const windows = process.platform === 'win32';

beforeEach(() => {
  directory = tempDirectory('key-file');
  path = join(directory.path, 'master.key');
});
afterEach(() => directory.remove());

test('A key put into the file is found there again, and only under its id', async () => {
  const key = randomBytes(32);
  await keyFileKeychain(path).set(keyId, key);
  expect(await keyFileKeychain(path).get(keyId)).toEqual(key);
  expect(await keyFileKeychain(path).get('cd'.repeat(16))).toBeNull();
  expect(statSync(path).mode & 0o777).toBe(ownerOnly);
  expect(readdirSync(directory.path)).toEqual(['master.key']);
});

test('No file means "not there", not "cannot look"', async () => {
  expect(await keyFileKeychain(path).get(keyId)).toBeNull();
  await keyFileKeychain(path).remove(keyId);
});

test('Removing the last key removes the file, removing one of two keeps the other', async () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const keychain = keyFileKeychain(path);
  await keychain.set(keyId, one);
  await keychain.set('cd'.repeat(16), two);
  await keychain.remove(keyId);
  expect(await keychain.get(keyId)).toBeNull();
  expect(await keychain.get('cd'.repeat(16))).toEqual(two);
  await keychain.remove('cd'.repeat(16));
  expect(readdirSync(directory.path)).toEqual([]);
});

const unavailable = (why: RegExp) =>
  expect.objectContaining({ code: 'keychain.unavailable', message: expect.stringMatching(why) });

test.skipIf(windows)('A file that others may read is refused, for reading and for writing', async () => {
  await keyFileKeychain(path).set(keyId, randomBytes(32));
  for (const mode of [0o640, 0o604, 0o660, 0o610]) {
    chmodSync(path, mode);
    await expect(keyFileKeychain(path).get(keyId)).rejects.toEqual(
      unavailable(/others can read or change it/),
    );
    await expect(keyFileKeychain(path).set(keyId, randomBytes(32))).rejects.toEqual(unavailable(/others/));
  }
});

test.skipIf(windows)('A symbolic link is refused', async () => {
  const real = join(directory.path, 'real.key');
  await keyFileKeychain(real).set(keyId, randomBytes(32));
  symlinkSync(real, path);
  await expect(keyFileKeychain(path).get(keyId)).rejects.toEqual(unavailable(/symbolic link/));
});

test('A directory and a file with other content are refused', async () => {
  const folder = join(directory.path, 'folder');
  mkdirSync(folder);
  await expect(keyFileKeychain(folder).get(keyId)).rejects.toEqual(unavailable(/not a regular file/));
  const letter = join(directory.path, 'letter.txt');
  writeFileSync(letter, 'Dear Ann,\n', { mode: 0o600 });
  await expect(keyFileKeychain(letter).set(keyId, randomBytes(32))).rejects.toEqual(
    unavailable(/not a key file/),
  );
});

test.skipIf(!root)('A file of another account is refused (needs root to make one)', async () => {
  await keyFileKeychain(path).set(keyId, randomBytes(32));
  chownSync(path, 65534, 65534);
  await expect(keyFileKeychain(path).get(keyId)).rejects.toEqual(unavailable(/belongs to user 65534/));
});

test('A place that cannot be written says so and keeps nothing', async () => {
  const nowhere = keyFileKeychain(join(directory.path, 'missing', 'master.key'));
  await expect(nowhere.set(keyId, randomBytes(32))).rejects.toMatchObject({ code: 'keychain.write-failed' });
  await expect(keyFileKeychain('relative.key').set(keyId, randomBytes(32))).rejects.toEqual(
    unavailable(/not absolute/),
  );
});

test('What a killed process left beside it goes with the next removal, and nothing else does', async () => {
  const keychain = keyFileKeychain(path);
  await keychain.set(keyId, randomBytes(32));
  const [unfinished, other] = [`${path}.key_0123456789abcdef`, `${path}.copy`];
  for (const file of [unfinished, other]) writeFileSync(file, 'x');
  await keychain.remove('cd'.repeat(16));
  expect(readdirSync(directory.path).sort()).toEqual(['master.key', 'master.key.copy']);
  expect(await keychain.get(keyId)).toHaveLength(32);
});

test('The copy that a service manager hands over is read first, by whoever it belongs to, and never written', async () => {
  const [handed, own] = [randomBytes(32), randomBytes(32)];
  const copy = join(directory.path, 'handed-over');
  await keyFileKeychain(copy).set(keyId, handed);
  await keyFileKeychain(path).set('cd'.repeat(16), own);
  chmodSync(copy, 0o440); // as an access list shows
  const keychain = keyFileKeychain(path, copy);
  expect(await keychain.get(keyId)).toEqual(handed);
  expect(await keychain.get('cd'.repeat(16))).toEqual(own);
  await keychain.set('ef'.repeat(16), own);
  expect(await keyFileKeychain(path).get('ef'.repeat(16))).toEqual(own);
  expect(await keyFileKeychain(join(directory.path, 'none'), copy).get('ef'.repeat(16))).toBeNull();
});
