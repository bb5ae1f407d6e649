import { expect, test } from 'vitest';
import { machine, place, unavailable } from '#test/make/master-key.ts';
import { sealedDatabase } from '#test/make/sealed-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

test('A passphrase is asked for at every start, and a wrong one can be tried again', async () => {
  const { os, start } = machine();
  os.trouble = unavailable;
  const masterKey = start();
  await expect(masterKey.choose('passphrase')).rejects.toMatchObject({ code: 'keychain.passphrase-needed' });
  await masterKey.choose('passphrase', { passphrase: Secret.of('correct horse battery') });
  const sealed = masterKey.seal(place, Secret.of('x'));
  const next = start();
  expect(await next.unlock()).toMatchObject({ state: 'locked', kind: 'passphrase' });
  expect(() => next.open(place, sealed)).toThrow(
    expect.objectContaining({ hint: expect.stringMatching(/unlock/) }),
  );
  expect(await next.unlock(Secret.of('wrong horse'))).toMatchObject({
    state: 'locked',
    sentence: 'The stored secrets are locked: the last passphrase was wrong.',
  });
  expect(await next.unlock(Secret.of('correct horse battery'))).toMatchObject({ state: 'ready' });
  expect(next.open(place, sealed).text()).toBe('x');
});

test('A forgotten passphrase is replaced with the recovery key', async () => {
  const { os, start } = machine();
  os.trouble = unavailable;
  const masterKey = start();
  await masterKey.choose('passphrase', { passphrase: Secret.of('correct horse battery') });
  const sealed = masterKey.seal(place, Secret.of('x'));
  const recoveryKey = Secret.of(masterKey.takeRecoveryKey()!);
  const next = start();
  expect((await next.recover(recoveryKey)).sentence).toMatch(/Choose a new passphrase/);
  await next.choose('passphrase', { passphrase: Secret.of('another good one') });
  const last = start();
  expect(await last.unlock(Secret.of('correct horse battery'))).toMatchObject({ state: 'locked' });
  expect(await last.unlock(Secret.of('another good one'))).toMatchObject({ state: 'ready' });
  expect(last.open(place, sealed).text()).toBe('x');
});

test('A rotation needs a new passphrase where one protects, and the old one ends', async () => {
  const it = await sealedDatabase();
  await it.masterKey.choose('passphrase', { passphrase: Secret.of('correct horse battery') });
  it.database.secrets.put('ep_1', 'password', Secret.of('x'));
  await expect(it.rotate()).rejects.toMatchObject({ code: 'keychain.passphrase-needed' });
  expect(await it.rotate('another good one')).toEqual({ resealed: 1, damaged: [] });
  it.database.close();
  const next = it.start();
  expect(await next.masterKey.unlock(Secret.of('correct horse battery'))).toMatchObject({ state: 'locked' });
  expect(await next.masterKey.unlock(Secret.of('another good one'))).toMatchObject({ state: 'ready' });
  expect(next.database.secrets.open('ep_1', 'password')?.text()).toBe('x');
  next.database.close();
  it.remove();
});
