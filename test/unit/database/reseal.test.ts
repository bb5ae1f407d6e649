import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { wrapTheFirstWay } from '#test/make/first-wrap.ts';
import { fill, sealedStore } from '#test/make/sealed-store.ts';
import type { Envelope } from '../../../electron/secrets/envelope.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { anAuditEntry, anEndpoint } from '../../make/rows.ts';

let it: Awaited<ReturnType<typeof sealedStore>>;
beforeEach(async () => {
  it = await sealedStore();
});
afterEach(() => {
  it.database.close();
  it.remove();
});

const value = (index: number): string | undefined =>
  it.database.secrets.open(`cr_${index}`, 'password')?.text();
const bodies = () => it.driver.all('SELECT owner, name, sealed FROM secrets ORDER BY owner, name');
const notes = () => JSON.parse(it.database.meta.get('secrets.key') ?? '{}');

/** The next start of the program. */
async function restart() {
  it.database.close();
  const next = it.start();
  const state = await next.masterKey.unlock();
  Object.assign(it, next);
  return state;
}

describe('a rotation', () => {
  test('Every value opens afterwards and after a restart, with new keys everywhere and no body written', async () => {
    fill(it.database, 1203);
    it.database.audit.append(anAuditEntry());
    const before = { bodies: bodies(), notes: notes(), keys: [...it.os.keys.keys()] };
    expect(await it.rotate()).toEqual({ resealed: 1203, damaged: [] });
    expect(bodies()).toEqual(before.bodies);
    for (const name of ['keyId', 'kcv', 'dataKey', 'recovery', 'recoveryKeyToShow'])
      expect(notes()[name], name).not.toBe(before.notes[name]);
    expect(notes()).toMatchObject({ storeUuid: before.notes.storeUuid, leftovers: [] });
    expect([...it.os.keys.keys()]).toEqual([notes().keyId]);
    expect(before.keys).not.toContain(notes().keyId);
    expect(it.database.audit.verify()).toMatchObject({ ok: true });
    expect(await restart()).toMatchObject({ state: 'ready', recoveryKeyWaiting: true });
    for (const index of [0, 1, 499, 500, 1202]) expect(value(index)).toBe(`value ${index}`);
    expect(it.database.audit.verify()).toMatchObject({ ok: true });
  });

  test('What is stored after it is out of reach of the old key, and the old recovery key ended', async () => {
    fill(it.database, 2);
    const recoveryKey = Secret.of(it.masterKey.takeRecoveryKey()!);
    const oldMaster = Buffer.from([...it.os.keys.values()][0]!);
    const old = { notes: it.database.meta.get('secrets.key')!, keys: new Map([[notes().keyId, oldMaster]]) };
    await it.rotate();
    it.database.secrets.put('cr_0', 'password', Secret.of('new value'));
    const second = it.masterKey.takeRecoveryKey();
    expect(second).not.toBeNull();
    it.database.close();

    // a thief with the old key, the old notes and the present rows
    it.os.keys.clear();
    for (const [keyId, key] of old.keys) it.os.keys.set(keyId, key);
    const thief = it.start();
    thief.database.meta.set('secrets.key', old.notes);
    expect(await thief.masterKey.unlock()).toMatchObject({ state: 'ready' });
    for (const owner of ['cr_0', 'cr_1'])
      expect(() => thief.database.secrets.open(owner, 'password')).toThrow(
        expect.objectContaining({ code: 'secret.damaged' }),
      );
    Object.assign(it, thief);
    thief.database.close();

    const fresh = await sealedStore();
    fill(fresh.database, 1);
    await fresh.rotate();
    await expect(fresh.masterKey.recover(recoveryKey)).rejects.toMatchObject({ code: 'recovery-key.wrong' });
    expect(await fresh.masterKey.recover(Secret.of(fresh.masterKey.takeRecoveryKey()!))).toMatchObject({
      state: 'ready',
    });
    fresh.database.close();
    fresh.remove();
  });

  test('No file of the database holds an old row key or old notes any more', async () => {
    fill(it.database, 50);
    const wraps = it.driver
      .all('SELECT wrapped FROM secret_keys')
      .map(({ wrapped }) => Buffer.from(wrapped as Uint8Array));
    const old = [...wraps, Buffer.from(notes().dataKey), Buffer.from(notes().recovery)];
    const held = () => {
      const directory = dirname(it.path);
      const all = Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
      return old.filter((one) => all.includes(one)).length;
    };
    expect(held()).toBe(old.length);
    await it.rotate();
    expect(held()).toBe(0);
  });

  test('The new recovery key opens, after the keychain lost its entry', async () => {
    fill(it.database, 3);
    const before = Secret.of(it.masterKey.takeRecoveryKey()!);
    await it.rotate();
    const after = Secret.of(it.masterKey.takeRecoveryKey()!);
    it.os.keys.clear();
    expect(await restart()).toMatchObject({ state: 'missing' });
    await expect(it.masterKey.recover(before)).rejects.toMatchObject({ code: 'recovery-key.wrong' });
    expect(await it.masterKey.recover(after)).toMatchObject({ state: 'ready' });
    expect(value(2)).toBe('value 2');
  });

  test('Values sealed directly, as all were once, get keys of their own', async () => {
    const envelope: { seal: Envelope['seal'] } = it.masterKey;
    fill(it.database, 70);
    for (let index = 0; index < 60; index += 1) {
      const at = { owner: `cr_${index}`, name: 'password' };
      it.driver.run('UPDATE secrets SET sealed = ? WHERE owner = ?', [
        envelope.seal(at, Secret.of(`old ${index}`)),
        at.owner,
      ]);
      it.driver.run('DELETE FROM secret_keys WHERE owner = ?', [at.owner]);
    }
    expect(value(59)).toBe('old 59');
    expect(await it.rotate()).toEqual({ resealed: 70, damaged: [] });
    await restart();
    expect([value(0), value(59), value(60)]).toEqual(['old 0', 'old 59', 'value 60']);
    expect(it.driver.get(`SELECT count(*) AS n FROM secrets WHERE substr(sealed, 1, 1) <> x'02'`)?.n).toBe(0);
  });

  test('What is put, replaced and removed while it prepares is right afterwards', async () => {
    fill(it.database, 1200);
    it.database.close();
    const next = it.start((real) => ({
      ...real,
      async prepare(from, to) {
        const finish = await real.prepare(from, to);
        it.database.secrets.put('cr_5', 'password', Secret.of('replaced'));
        it.database.secrets.put('cr_new', 'password', Secret.of('put'));
        it.database.secrets.remove('cr_6');
        return finish;
      },
    }));
    Object.assign(it, next);
    await it.masterKey.unlock();
    expect(await it.rotate()).toEqual({ resealed: 1200, damaged: [] });
    await restart();
    expect(value(5)).toBe('replaced');
    expect(it.database.secrets.open('cr_new', 'password')?.text()).toBe('put');
    expect(value(6)).toBeUndefined();
    expect(value(7)).toBe('value 7');
  });

  test('Damaged rows do not stop it: they stay damaged and are named, by the name of their owner', async () => {
    fill(it.database, 6);
    const endpoint = anEndpoint({ name: 'web1' });
    it.database.endpoints.insert(endpoint);
    it.database.secrets.put(endpoint.id, 'password', Secret.of('x'));
    it.driver.run(`UPDATE secret_keys SET wrapped = zeroblob(length(wrapped)) WHERE owner = ?`, [
      endpoint.id,
    ]);
    it.driver.run(`DELETE FROM secret_keys WHERE owner = 'cr_1'`);
    it.driver.run(`UPDATE secret_keys SET wrapped = substr(wrapped, 1, 52) WHERE owner = 'cr_2'`);
    it.driver.run(
      `UPDATE secret_keys SET wrapped = (SELECT wrapped FROM secret_keys WHERE owner = 'cr_4') WHERE owner = 'cr_3'`,
    );
    const before = bodies();
    expect(await it.rotate()).toEqual({
      resealed: 3,
      damaged: [
        '"password" of cr_1',
        '"password" of cr_2',
        '"password" of cr_3',
        '"password" of the endpoint "web1"',
      ],
    });
    expect(bodies()).toEqual(before);
    await restart();
    for (const index of [1, 2, 3])
      expect(() => value(index)).toThrow(`The stored secret "password" of cr_${index} is damaged`);
    for (const index of [0, 4, 5]) expect(value(index)).toBe(`value ${index}`);
    expect(await it.rotate()).toMatchObject({ resealed: 3, damaged: { length: 4 } });
  });

  test('It can be done again and again, and a seal of the audit log that was broken stays broken', async () => {
    fill(it.database, 3);
    it.database.audit.append(anAuditEntry());
    it.driver.run('UPDATE audit_head SET seal = zeroblob(length(seal))');
    for (let round = 0; round < 3; round += 1) expect(await it.rotate()).toMatchObject({ resealed: 3 });
    expect(it.os.keys.size).toBe(1);
    expect(it.database.audit.verify()).toMatchObject({ ok: false });
    await restart();
    expect(value(2)).toBe('value 2');
  });
});

describe('rows that follow in slices', () => {
  const count = 1203;
  const allOpen = () => {
    for (let index = 0; index < count; index += 23) expect(value(index)).toBe(`value ${index}`);
  };
  /** How many wraps are not in the format and under the key of now. */
  const notOfNow = () => {
    const marks = it.driver.all('SELECT DISTINCT hex(substr(wrapped, 1, 5)) AS mark FROM secret_keys');
    return marks.length - 1;
  };
  const leftTo = (next: Parameters<typeof it.start>[0]) => {
    it.database.close();
    Object.assign(it, it.start(next));
    return it.masterKey.unlock();
  };

  test('Everything opens at every turn of the loop, and what is stored in between stays', async () => {
    fill(it.database, count);
    let turns = 0;
    let stored = 0;
    const watching = {
      ...systemClock,
      async sleep() {
        turns += 1;
        for (const index of [0, 1, 600, 1202]) expect(value(index)).toBe(`value ${index}`);
        if (stored > 0) expect(it.database.secrets.open('live', 'count')?.text()).toBe(String(stored));
        it.database.secrets.put('live', 'count', Secret.of(String(++stored)));
      },
    };
    it.database.close();
    Object.assign(it, it.start(undefined, watching));
    await it.masterKey.unlock();
    expect(await it.rotate()).toMatchObject({ damaged: [] });
    expect(turns).toBeGreaterThanOrEqual(6);
    expect(notOfNow()).toBe(0);
    await restart();
    allOpen();
    expect(it.database.secrets.open('live', 'count')?.text()).toBe(String(stored));
  });

  test('Cut short behind the change, everything opens; the next unlock goes on, and forgets the key before', async () => {
    fill(it.database, count);
    await leftTo((real) => ({
      ...real,
      async prepare(from, to) {
        const prepared = await real.prepare(from, to);
        let slices = 0;
        return { ...prepared, write: (goOn) => prepared.write(() => goOn() && slices++ < 1) };
      },
    }));
    expect(await it.rotate()).toEqual({ resealed: count, damaged: [] });
    expect(notOfNow()).toBe(1);
    expect(notes().before).not.toBeNull();
    allOpen();

    await leftTo((real) => ({ ...real, finish: async () => Promise.reject(new Error('the disk is full')) }));
    expect(it.masterKey.state()).toMatchObject({ state: 'ready' });
    expect(notOfNow()).toBe(1);
    allOpen();

    expect(await restart()).toMatchObject({ state: 'ready' });
    expect(notOfNow()).toBe(0);
    expect(notes()).toMatchObject({ before: null, rows: 2, leftovers: [] });
    allOpen();
  });

  test('A rotation that finds the rest of another one brings it to its end first', async () => {
    fill(it.database, count);
    await leftTo((real) => ({
      ...real,
      prepare: async (from, to) => ({ ...(await real.prepare(from, to)), write: async () => false }),
    }));
    await it.rotate();
    expect(notes().before).not.toBeNull();
    expect(await it.rotate()).toEqual({ resealed: count, damaged: [] });
    await restart();
    expect(notOfNow()).toBe(0);
    allOpen();
  });

  test('Locked in between, no slice is written with a key that is gone', async () => {
    fill(it.database, count);
    let turns = 0;
    const locking = {
      ...systemClock,
      async sleep() {
        if (notes().before !== null && ++turns === 2) it.masterKey.lock();
      },
    };
    it.database.close();
    Object.assign(it, it.start(undefined, locking));
    await it.masterKey.unlock();
    await it.rotate();
    expect(it.masterKey.state()).toMatchObject({ state: 'locked' });
    expect(notOfNow()).toBe(1);
    await it.masterKey.unlock();
    expect(notOfNow()).toBe(0);
    allOpen();
  });

  test('Wraps of the first format open, and the first unlock puts them into the one of now, once', async () => {
    fill(it.database, count);
    wrapTheFirstWay(it.driver, it.masterKey);
    allOpen();
    const body = bodies();
    let finished = 0;
    const counting: Parameters<typeof it.start>[0] = (real) => ({
      ...real,
      finish(envelope, goOn) {
        finished += 1;
        return real.finish(envelope, goOn);
      },
    });
    await leftTo(counting);
    expect(it.driver.get('SELECT count(*) AS n FROM secret_keys WHERE length(wrapped) <> 66')?.n).toBe(0);
    expect(notes()).toMatchObject({ rows: 2, before: null });
    expect(bodies()).toEqual(body);
    allOpen();
    await leftTo(counting);
    expect(finished).toBe(1);
    allOpen();
  });

  test('A rotation over the first format takes it along', async () => {
    fill(it.database, 30);
    wrapTheFirstWay(it.driver, it.masterKey);
    expect(await it.rotate()).toEqual({ resealed: 30, damaged: [] });
    await restart();
    expect([value(0), value(29)]).toEqual(['value 0', 'value 29']);
  });

  test('When the note of the key before is damaged, rows under the new key open and the others say so', async () => {
    fill(it.database, 3);
    await leftTo((real) => ({
      ...real,
      prepare: async (from, to) => ({ ...(await real.prepare(from, to)), write: async () => false }),
    }));
    await it.rotate();
    it.database.secrets.put('cr_0', 'password', Secret.of('new'));
    const before = Buffer.alloc(61).toString('base64');
    it.database.meta.set('secrets.key', JSON.stringify({ ...notes(), before }));
    expect(await restart()).toMatchObject({ state: 'ready' });
    expect(value(0)).toBe('new');
    expect(() => value(1)).toThrow('The stored secret "password" of cr_1 is damaged');
  });
});

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
