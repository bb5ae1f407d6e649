import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { locked, machine, place, unavailable, used } from '#test/make/master-key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

test('The first start makes a key in the keychain, and the next start finds it', async () => {
  const { os, start, sealed } = await used();
  expect(os.keys.size).toBe(1);
  const next = start();
  expect(await next.unlock()).toMatchObject({ state: 'ready', kind: 'os-keychain' });
  expect(next.open(place, sealed).text()).toBe('hunter2');
  expect(os.sets).toBe(1);
});

test('Nothing stored in the settings holds the key, the recovery key or the value', async () => {
  const { os, store, recoveryKey } = await used();
  const text = [...store.rows.values()].join();
  const [key] = os.keys.values();
  expect(text).not.toContain(key!.toString('base64'));
  expect(text).not.toContain(recoveryKey.text());
  expect(text).not.toContain('hunter2');
});

test('Before anybody unlocked, it is being opened, and sealing says that it is locked', async () => {
  const masterKey = machine().start();
  expect(masterKey.ready).toBe(false);
  expect(masterKey.state()).toMatchObject({ state: 'opening', kind: null });
  expect(() => masterKey.seal(place, Secret.of('x'))).toThrow(
    expect.objectContaining({ code: 'keychain.locked' }),
  );
  expect(await masterKey.unlock()).toMatchObject({ state: 'ready' });
});

test('Two unlocks at once at the first start make one key', async () => {
  const { os, start } = machine();
  const masterKey = start();
  await Promise.all([masterKey.unlock(), masterKey.unlock(), masterKey.unlock()]);
  expect(os.sets).toBe(1);
});

test('Without a keychain nothing is chosen silently: a person is asked', async () => {
  const { os, files, store, start } = machine();
  os.trouble = unavailable;
  const masterKey = start();
  const state = await masterKey.unlock();
  expect(state).toMatchObject({ state: 'not-chosen', kind: null });
  expect(state.sentence).toMatch(/key file .* or a passphrase/);
  expect(files.size).toBe(0);
  expect(store.rows.size).toBe(0);
  expect(() => masterKey.seal(place, Secret.of('x'))).toThrow(
    expect.objectContaining({ code: 'keychain.not-chosen', hint: expect.stringMatching(/secrets choose/) }),
  );
});

test('A keychain that is locked at the first start is asked again, not passed over', async () => {
  const { os, start } = machine();
  os.trouble = locked;
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({ state: 'locked', sentence: 'The keychain is locked.' });
  os.trouble = null;
  expect(await masterKey.unlock()).toMatchObject({ state: 'ready', kind: 'os-keychain' });
});

test('A keychain that does not keep the key leaves nothing behind', async () => {
  const { os, store, start } = machine();
  os.refusesToKeep = true;
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({ state: 'not-chosen' });
  expect(store.rows.size).toBe(0);
  await expect(masterKey.choose('os-keychain')).rejects.toMatchObject({ code: 'keychain.write-failed' });
  expect(store.rows.size).toBe(0);
});

test('A missing key is never replaced by a new one', async () => {
  const { os, start, sealed } = await used();
  os.keys.clear();
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({
    state: 'missing',
    sentence: "This computer's keychain no longer contains the master key.",
  });
  expect(os.keys.size).toBe(0);
  expect(() => masterKey.open(place, sealed)).toThrow(expect.objectContaining({ code: 'keychain.missing' }));
  await expect(masterKey.choose('key-file')).rejects.toMatchObject({ code: 'keychain.missing' });
});

test('Sealed values whose notes are gone forbid a new key too', async () => {
  const { os, store, start } = await used();
  store.rows.clear();
  store.sealed = true;
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({ state: 'missing', kind: null });
  await expect(masterKey.choose('key-file')).rejects.toMatchObject({ code: 'keychain.missing' });
  expect(os.sets).toBe(1);
  expect(store.rows.size).toBe(0);
});

test('The key of another installation is told apart from a missing one', async () => {
  const { os, start, sealed } = await used();
  for (const keyId of os.keys.keys()) os.keys.set(keyId, randomBytes(32));
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({
    state: 'wrong',
    sentence: 'The master key belongs to another installation.',
  });
  expect(() => masterKey.open(place, sealed)).toThrow(expect.objectContaining({ code: 'keychain.wrong' }));
});

test('A locked or unreachable keychain is waited for, and the same key is used afterwards', async () => {
  const { os, start, sealed } = await used();
  for (const [trouble, state] of [
    [locked, 'locked'],
    [unavailable, 'unavailable'],
  ] as const) {
    os.trouble = trouble;
    const masterKey = start();
    expect(await masterKey.unlock()).toMatchObject({ state, kind: 'os-keychain' });
    expect(() => masterKey.open(place, sealed)).toThrow(
      expect.objectContaining({ code: `keychain.${state}`, retry: 'later' }),
    );
    os.trouble = null;
    await masterKey.unlock();
    expect(masterKey.open(place, sealed).text()).toBe('hunter2');
  }
});

test('Damaged notes are said to be damaged and lead to no new key', async () => {
  const { os, store, start } = await used();
  for (const name of store.rows.keys()) store.rows.set(name, '{"format":1');
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({
    state: 'unavailable',
    sentence: 'The notes about the master key in the database are damaged.',
  });
  expect(os.sets).toBe(1);
});

test('Listeners hear every change of state once, and a broken one stops nothing', async () => {
  const { start } = machine();
  const masterKey = start();
  const heard: string[] = [];
  masterKey.onChange(() => {
    throw new Error('broken');
  });
  const end = masterKey.onChange((state) => heard.push(state.state));
  await masterKey.unlock();
  await masterKey.unlock();
  masterKey.lock();
  end();
  await masterKey.unlock();
  expect(heard).toEqual(['ready', 'locked']);
  expect(masterKey.ready).toBe(true);
});
