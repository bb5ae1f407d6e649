import { expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { machine, place, unavailable, used } from '#test/make/master-key.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

test('The recovery key is shown once', async () => {
  const { start, store } = machine();
  const masterKey = start();
  expect(await masterKey.unlock()).toMatchObject({ recoveryKeyWaiting: true });
  const next = start();
  expect(await next.unlock()).toMatchObject({ recoveryKeyWaiting: true });
  const shown = next.takeRecoveryKey();
  expect(shown).toMatch(/-/);
  expect(next.state()).toMatchObject({ state: 'ready', recoveryKeyWaiting: false });
  expect(next.takeRecoveryKey()).toBeNull();
  expect([...store.rows.values()].join()).toContain('"recoveryKeyToShow":null');
});

test('The recovery key opens everything after the keychain lost its entry, and puts a key back', async () => {
  const { os, start, sealed, recoveryKey } = await used();
  os.keys.clear();
  const masterKey = start();
  await masterKey.unlock();
  expect(await masterKey.recover(recoveryKey)).toMatchObject({ state: 'ready', kind: 'os-keychain' });
  expect(masterKey.open(place, sealed).text()).toBe('hunter2');
  const next = start();
  expect(await next.unlock()).toMatchObject({ state: 'ready' });
  expect(next.open(place, sealed).text()).toBe('hunter2');
});

test('A recovery key still opens when no keychain is there, and another place can then be chosen', async () => {
  const { os, start, sealed, recoveryKey } = await used();
  os.trouble = unavailable;
  const masterKey = start();
  await masterKey.unlock();
  const state = await masterKey.recover(recoveryKey);
  expect(state).toMatchObject({ state: 'ready' });
  expect(state.sentence).toMatch(/Choose another place/);
  expect(await masterKey.choose('key-file')).toMatchObject({ state: 'ready', kind: 'key-file' });
  const next = start();
  expect(await next.unlock()).toMatchObject({ state: 'ready', kind: 'key-file' });
  expect(next.open(place, sealed).text()).toBe('hunter2');
});

test('The recovery key of another store is refused and changes nothing', async () => {
  const { os, start, store } = await used();
  const other = await used();
  os.keys.clear();
  const before = JSON.stringify([...store.rows]);
  const masterKey = start();
  await expect(masterKey.recover(other.recoveryKey)).rejects.toMatchObject({ code: 'recovery-key.wrong' });
  await expect(masterKey.recover(Secret.of('nonsense'))).rejects.toMatchObject({
    code: 'recovery-key.mistyped',
  });
  expect(masterKey.ready).toBe(false);
  expect(JSON.stringify([...store.rows])).toBe(before);
});

test('Before there is a store the recovery key has nothing to open', async () => {
  const masterKey = machine().start();
  await expect(masterKey.recover(Secret.of('x'))).rejects.toMatchObject({ code: 'recovery-key.not-needed' });
});

test('A key file is used where a person chose it, and found again at its path', async () => {
  const { os, files, start } = machine();
  os.trouble = unavailable;
  const masterKey = start();
  await masterKey.unlock();
  expect(await masterKey.choose('key-file', { path: '/keys/tk.key' })).toMatchObject({
    state: 'ready',
    kind: 'key-file',
    sentence: expect.stringContaining('/keys/tk.key'),
  });
  const sealed = masterKey.seal(place, Secret.of('x'));
  const next = start();
  await next.unlock();
  expect(next.open(place, sealed).text()).toBe('x');
  files.get('/keys/tk.key')!.keys.clear();
  const gone = start();
  expect(await gone.unlock()).toMatchObject({
    state: 'missing',
    kind: 'key-file',
    sentence: 'The key file /keys/tk.key is missing, or no longer contains the key of this database.',
  });
  expect(() => gone.open(place, sealed)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('trustkeep secrets unlock') }),
  );
  files.get('/keys/tk.key')!.trouble = unavailable;
  const spoiled = start();
  await spoiled.unlock();
  expect(() => spoiled.open(place, sealed)).toThrow(
    expect.objectContaining({ hint: expect.stringMatching(/^Restore the key file, .*secrets recover/) }),
  );
});

test('Moving the key elsewhere keeps every value and removes the old entry', async () => {
  const { os, files, start, sealed, recoveryKey } = await used();
  const masterKey = start();
  await masterKey.unlock();
  expect(await masterKey.choose('key-file')).toMatchObject({ kind: 'key-file', state: 'ready' });
  expect(os.keys.size).toBe(0);
  expect(files.get('/data/master.key')!.keys.size).toBe(1);
  const next = start();
  await next.unlock();
  expect(next.open(place, sealed).text()).toBe('hunter2');
  expect(await start().recover(recoveryKey)).toMatchObject({ state: 'ready' });
});

test('A move that fails at any point leaves a store that opens', async () => {
  const { os, files, store, start, sealed } = await used();
  const notesCannotBeWritten = start();
  await notesCannotBeWritten.unlock();
  const { set } = store;
  store.set = () => {
    throw new Failure('database.disk-full', 'There is not enough space.');
  };
  await expect(notesCannotBeWritten.choose('key-file')).rejects.toMatchObject({ code: 'database.disk-full' });
  store.set = set;
  expect(os.keys.size).toBe(1);

  files.get('/data/master.key')!.refusesToKeep = true;
  const fileCannotBeWritten = start();
  await fileCannotBeWritten.unlock();
  await expect(fileCannotBeWritten.choose('key-file')).rejects.toMatchObject({
    code: 'keychain.write-failed',
  });

  const next = start();
  expect(await next.unlock()).toMatchObject({ state: 'ready', kind: 'os-keychain' });
  expect(next.open(place, sealed).text()).toBe('hunter2');
});
