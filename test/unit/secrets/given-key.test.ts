import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { givenKeyFile } from '#kit/paths.ts';
import { givenKeychain, refuseMissingKey } from '../../../electron/secrets/given-key.ts';
import { MasterKey } from '../../../electron/secrets/master-key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { tempDirectory } from '../../make/directory.ts';
import { machine, place } from '../../make/master-key.ts';

const key = randomBytes(32);
let directory: ReturnType<typeof tempDirectory>;
let path: string;

beforeEach(() => {
  directory = tempDirectory('given-key');
  path = join(directory.path, 'key');
  writeFileSync(path, `${key.toString('base64')}\n`);
});
afterEach(() => directory.remove());

/** An agent of that database whose key is given, with a keychain of the system that must not be asked. */
function agentOver({ os, store }: ReturnType<typeof machine>): MasterKey {
  const masterKey = new MasterKey({
    keychains: { os: () => os, keyFile: givenKeychain, passphrase: () => os },
    defaultKeyFile: '/nowhere/master.key',
    givenKeyFile: path,
    log: silentLog,
  });
  masterKey.attach(store);
  return masterKey;
}

test('the first start uses the key that is given, and the next one opens what was sealed with it', async () => {
  const here = machine();
  const first = agentOver(here);
  expect(await first.unlock()).toMatchObject({ state: 'ready', kind: 'key-file' });
  const sealed = first.seal(place, Secret.of('hunter2'));
  const next = agentOver(here);
  expect(await next.unlock()).toMatchObject({ state: 'ready', sentence: expect.stringContaining(path) });
  expect(next.open(place, sealed).text()).toBe('hunter2');
  expect(here.os.sets).toBe(0);
  expect([...here.store.rows.values()].join()).not.toContain(key.toString('base64'));
});

test('another key than the one before opens nothing, and a file that is gone makes no new key', async () => {
  const here = machine();
  await agentOver(here).unlock();
  writeFileSync(path, randomBytes(32).toString('hex'));
  expect(await agentOver(here).unlock()).toMatchObject({ state: 'wrong' });
  rmSync(path);
  expect(await agentOver(here).unlock()).toMatchObject({ state: 'unavailable' });
  const fresh = machine();
  expect(await agentOver(fresh).unlock()).toMatchObject({ state: 'unavailable', kind: 'key-file' });
  expect([fresh.os.sets, fresh.store.rows.size]).toEqual([0, 0]);
});

test('it may be mounted at another path than before, and is then kept there', async () => {
  const here = machine();
  const first = agentOver(here);
  await first.unlock();
  const sealed = first.seal(place, Secret.of('hunter2'));
  const before = path;
  path = join(directory.path, 'elsewhere');
  renameSync(before, path);
  const next = agentOver(here);
  expect(await next.unlock()).toMatchObject({ state: 'ready', sentence: expect.stringContaining(path) });
  expect([next.open(place, sealed).text(), next.kept()?.path]).toEqual(['hunter2', path]);
});

test('another key at another path is not taken for it', async () => {
  const here = machine();
  await agentOver(here).unlock();
  const before = path;
  path = join(directory.path, 'another');
  writeFileSync(path, randomBytes(32).toString('hex'));
  const next = agentOver(here);
  expect(await next.unlock()).toMatchObject({ state: 'ready' });
  expect(next.kept()?.path).toBe(before);
  rmSync(before);
  expect(await agentOver(here).unlock()).toMatchObject({ state: 'unavailable' });
});

test('it is not replaced where it is kept, and can be kept elsewhere', async () => {
  const here = machine();
  const masterKey = agentOver(here);
  await masterKey.unlock();
  masterKey.attach(here.store, { prepare: () => expect.fail('nothing is to be encrypted again') } as never);
  await expect(masterKey.rotate({ commit: (work) => work() })).rejects.toMatchObject({
    code: 'keychain.write-failed',
    hint: expect.stringContaining('secrets choose key-file'),
  });
  await masterKey.choose('os-keychain');
  expect(here.os.sets).toBe(1);
});

test.each([
  ['base64', () => key.toString('base64')],
  ['hexadecimal', () => key.toString('hex')],
  ['hexadecimal with large letters and line breaks', () => `\n${key.toString('hex').toUpperCase()}\r\n`],
])('%s is read', async (_, text) => {
  writeFileSync(path, text());
  expect(await givenKeychain(path).get('ab'.repeat(16))).toEqual(key);
});

test.each([
  ['nothing', () => ''],
  ['16 bytes', () => randomBytes(16).toString('base64')],
  ['two keys', () => `${key.toString('base64')}\n${key.toString('base64')}\n`],
  ['a passphrase', () => 'correct horse battery staple and more of these'],
])('a file with %s is refused, and its content is not told', (_, text) => {
  writeFileSync(path, text());
  try {
    refuseMissingKey(path);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'keychain.unavailable', retry: 'needs-person' });
    expect(String(error)).toContain('32 bytes in base64 or hexadecimal');
    if (text() !== '') expect(String(error)).not.toContain(text().slice(0, 16));
  }
});

test('one sentence says what is named and why it cannot be used', () => {
  rmSync(path);
  const sentence = (why: string) =>
    `The master key cannot be read from ${path}, which TRUSTKEEP_MASTER_KEY_FILE names: ${why}.`;
  expect(() => refuseMissingKey(path)).toThrow(sentence('there is no such file'));
  mkdirSync(path);
  expect(() => refuseMissingKey(path)).toThrow(sentence('it is not a regular file'));
  expect(() => refuseMissingKey(null)).not.toThrow();
});

test.each([
  ['a relative path', () => 'run/secrets/key'],
  ['a key in base64', () => key.toString('base64')],
  ['a key in base64 that begins with a slash', () => Buffer.alloc(32, 255).toString('base64')],
  ['a key in hexadecimal', () => `${key.toString('hex')}\n`],
])('%s where a path belongs is refused, and not told', (_, text) => {
  try {
    refuseMissingKey(text());
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'keychain.unavailable', retry: 'needs-person' });
    expect(String(error)).toContain('TRUSTKEEP_MASTER_KEY_FILE does not contain the absolute path of a file');
    expect(JSON.stringify(error) + String(error)).not.toContain(text().trim());
  }
});

test.skipIf(process.getuid?.() !== 0)('a file of another account is refused (needs root to make one)', () => {
  chownSync(path, 65534, 65534);
  expect(() => refuseMissingKey(path)).toThrow('it belongs to user 65534, not to root or user 0');
});

test('the environment names it, and an empty name is none', () => {
  expect(givenKeyFile({ TRUSTKEEP_MASTER_KEY_FILE: '/run/secrets/key' })).toBe('/run/secrets/key');
  expect([givenKeyFile({ TRUSTKEEP_MASTER_KEY_FILE: '' }), givenKeyFile({})]).toEqual([null, null]);
});
