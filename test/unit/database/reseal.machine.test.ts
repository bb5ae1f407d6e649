import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bodies, it, notes, prepareSealedDatabase, restart, value } from '#test/make/resealed-database.ts';
import { fill, sealedDatabase } from '#test/make/sealed-database.ts';
import type { Envelope } from '../../../electron/secrets/envelope.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { anAuditEntry, anEndpoint } from '../../make/rows.ts';

prepareSealedDatabase();

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

    const fresh = await sealedDatabase();
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
