import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { bodies, it, notes, prepareSealedDatabase, restart, value } from '#test/make/resealed-database.ts';
import { fill } from '#test/make/sealed-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

prepareSealedDatabase();

describe('a rotation that cannot be done changes nothing', () => {
  const everything = () =>
    JSON.stringify([
      bodies(),
      it.driver.all('SELECT * FROM secret_keys ORDER BY owner, name'),
      it.database.meta.get('secrets.key'),
      [...it.os.keys].map(([id, key]) => [id, key.toString('hex')]),
    ]);

  async function refused(code: string, passphrase?: string): Promise<void> {
    const before = everything();
    await expect(it.rotate(passphrase)).rejects.toMatchObject({ code });
    expect(everything()).toBe(before);
  }

  beforeEach(async () => {
    fill(it.database, 5);
    // with the list of what is left over in the notes
    await it.masterKey.choose('os-keychain');
  });

  test('when it is locked', async () => {
    it.masterKey.lock();
    await refused('keychain.locked');
  });

  test('when the keychain does not keep the new key, or is locked itself', async () => {
    it.os.refusesToKeep = true;
    await refused('keychain.write-failed');
    it.os.refusesToKeep = false;
    it.os.trouble = new Failure('keychain.locked', 'The keychain is locked.');
    await refused('keychain.locked');
    it.os.trouble = null;
    expect(value(1)).toBe('value 1');
    it.database.secrets.put('cr_1', 'password', Secret.of('still sealed'));
    expect(await restart()).toMatchObject({ state: 'ready' });
    expect(value(1)).toBe('still sealed');
  });

  test('when the transaction fails at its end', async () => {
    const before = everything();
    const failing = it.masterKey.rotate({
      commit: (work) =>
        it.database.transaction(() => {
          work();
          throw new Failure('database.disk-full', 'There is not enough space.');
        }),
    });
    await expect(failing).rejects.toMatchObject({ code: 'database.disk-full' });
    expect(everything()).toBe(before);
    expect(value(4)).toBe('value 4');
    it.database.secrets.put('cr_9', 'password', Secret.of('value 9'));
    await restart();
    expect([value(4), value(9)]).toEqual(['value 4', 'value 9']);
  });

  test('when it is locked while it prepares', async () => {
    it.database.close();
    const next = it.start((real) => ({
      ...real,
      async prepare(from, to) {
        const finish = await real.prepare(from, to);
        it.masterKey.lock();
        return finish;
      },
    }));
    Object.assign(it, next);
    await it.masterKey.unlock();
    await refused('keychain.locked');
    await it.masterKey.unlock();
    expect(value(3)).toBe('value 3');
  });

  test('when a passphrase is given where none protects', async () => {
    await refused('keychain.passphrase-not-used', 'correct horse battery');
  });

  test('An old key that cannot be removed now is removed at the next unlock', async () => {
    const { remove } = it.os;
    it.os.remove = async () => {
      throw new Failure('keychain.unavailable', 'The keychain of this computer cannot be reached.');
    };
    expect(await it.rotate()).toMatchObject({ resealed: 5 });
    expect(it.os.keys.size).toBe(2);
    expect(notes().leftovers).toHaveLength(1);
    it.os.remove = remove;
    await restart();
    expect([...it.os.keys.keys()]).toEqual([notes().keyId]);
    expect(notes().leftovers).toEqual([]);
    expect(value(0)).toBe('value 0');
  });
});
