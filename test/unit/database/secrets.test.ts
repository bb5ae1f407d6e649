import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#kit/ids.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeDatabase, type TestDatabase } from '../../make/database.ts';
import { anAuthority, anEndpoint } from '../../make/rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

describe('secrets', () => {
  test('A secret is sealed, replaced, listed by name only and removed', () => {
    const owner = newId('ep');
    db.secrets.put(owner, 'password', Secret.of('one'));
    db.secrets.put(owner, 'password', Secret.of('two'));
    db.secrets.put(owner, 'passphrase', Secret.of('three'));
    expect(db.secrets.open(owner, 'password')?.text()).toBe('two');
    expect(db.secrets.list(owner)).toEqual(['passphrase', 'password']);
    expect(db.secrets.open(owner, 'nothing')).toBeNull();
    expect(db.secrets.has(owner, 'password')).toBe(true);
    db.secrets.remove(owner, 'password');
    expect(db.secrets.has(owner, 'password')).toBe(false);
    db.secrets.remove(owner);
    expect(db.secrets.list(owner)).toEqual([]);
  });

  test('Swapped, changed and cut rows are noticed, and the others stay usable', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) db.secrets.put('ep_1', name, Secret.of(`value ${name}`));
    // swaps a and b by giving each the other's name
    fixture.raw(`UPDATE secrets SET name = '-' || name WHERE name IN ('a', 'b')`);
    fixture.raw(`UPDATE secrets SET name = CASE name WHEN '-a' THEN 'b' ELSE 'a' END WHERE name LIKE '-%'`);
    fixture.raw(`UPDATE secrets SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE name = 'c'`);
    fixture.raw(`UPDATE secrets SET sealed = zeroblob(length(sealed)) WHERE name = 'd'`);
    for (const name of ['a', 'b', 'c', 'd'])
      expect(() => db.secrets.open('ep_1', name)).toThrow(
        expect.objectContaining({
          code: 'secret.damaged',
          message: `The stored secret "${name}" of ep_1 is damaged and cannot be opened.`,
        }),
      );
    expect(db.secrets.open('ep_1', 'e')?.text()).toBe('value e');
    expect(db.secrets.list('ep_1')).toEqual(['a', 'b', 'c', 'd', 'e']);
    db.secrets.put('ep_1', 'a', Secret.of('entered again'));
    expect(db.secrets.open('ep_1', 'a')?.text()).toBe('entered again');
  });

  test('Moved, swapped, flipped and lost keys and bodies are noticed, and the others stay usable', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    for (const name of names) db.secrets.put('ep_1', name, Secret.of(`value ${name}`));
    const flip = (table: string, column: string, at: number, name: string) => {
      const driver = (fixture.database as SqliteDatabase).driver;
      const row = driver.get(`SELECT ${column} AS bytes FROM ${table} WHERE name = ?`, [name]);
      const bytes = Buffer.from(row?.bytes as Uint8Array);
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      driver.run(`UPDATE ${table} SET ${column} = ? WHERE name = ?`, [bytes, name]);
    };
    fixture.raw(`UPDATE secret_keys SET name = '-' || name WHERE name IN ('a', 'b')`);
    fixture.raw(
      `UPDATE secret_keys SET name = CASE name WHEN '-a' THEN 'b' ELSE 'a' END WHERE name LIKE '-%'`,
    );
    fixture.raw(`DELETE FROM secret_keys WHERE name = 'c'`);
    flip('secrets', 'sealed', 3, 'd'); // the nonce
    flip('secrets', 'sealed', 15, 'e'); // the body
    flip('secrets', 'sealed', -1, 'f'); // its tag
    flip('secret_keys', 'wrapped', 8, 'g');
    flip('secret_keys', 'wrapped', -1, 'h');
    // body and key together at another place
    for (const table of ['secrets', 'secret_keys'])
      fixture.raw(`UPDATE ${table} SET owner = 'ep_2' WHERE name = 'i'`);
    for (const name of names.slice(0, 8))
      expect(() => db.secrets.open('ep_1', name), name).toThrow(
        expect.objectContaining({ code: 'secret.damaged' }),
      );
    expect(() => db.secrets.open('ep_2', 'i')).toThrow(/"i" of ep_2 is damaged/);
    expect(db.secrets.open('ep_1', 'j')?.text()).toBe('value j');
    db.secrets.put('ep_1', 'c', Secret.of('entered again'));
    expect(db.secrets.open('ep_1', 'c')?.text()).toBe('entered again');
  });

  test('A damaged secret is told by the name of its owner', () => {
    const [endpoint, authority] = [anEndpoint({ name: 'web1' }), anAuthority({ name: 'our ca' })];
    db.endpoints.insert(endpoint);
    db.authorities.insert(authority);
    const about = { name: 'vault', kind: 'local', settings: { kind: 'local' }, report: null } as const;
    const storeId = newId('cs');
    db.credentialStores.insert({ id: storeId, ...about, createdAt: 1, updatedAt: 1 });
    const rowId = newId('cr');
    db.credentials.insert({
      ...{ rowId, storeId, id: 'web/root', username: 'root', hasPassword: true, privateKey: null },
      ...{ createdAt: 1, updatedAt: 1 },
    });
    const told = {
      [endpoint.id]: 'the endpoint "web1"',
      [authority.id]: 'the authority "our ca"',
      [storeId]: 'the credential store "vault"',
      [rowId]: 'the credential "web/root" in "vault"',
    };
    for (const [owner, name] of Object.entries(told)) {
      db.secrets.put(owner, 'password', Secret.of('x'));
      fixture.raw('UPDATE secrets SET sealed = zeroblob(40) WHERE owner = ?', [owner]);
      expect(() => db.secrets.open(owner, 'password')).toThrow(
        `The stored secret "password" of ${name} is damaged and cannot be opened.`,
      );
    }
  });

  test('The key of a value goes with it, whoever removes it', () => {
    const keys = () => (fixture.database as SqliteDatabase).driver.all('SELECT owner FROM secret_keys');
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    for (const owner of [endpoint.id, 'x', 'x', 'y']) db.secrets.put(owner, 'password', Secret.of('x'));
    expect(keys()).toHaveLength(3);
    db.endpoints.remove(endpoint.id);
    db.secrets.remove('x', 'password');
    expect(keys()).toEqual([{ owner: 'y' }]);
    db.secrets.remove('y');
    expect(keys()).toEqual([]);
  });

  test('The settings know whether anything was ever sealed', () => {
    expect(db.meta.hasSealed()).toBe(false);
    db.secrets.put('ep_1', 'a', Secret.of('x'));
    expect(db.meta.hasSealed()).toBe(true);
  });
});

describe('transaction', () => {
  test('All or nothing, also when a nested call throws', () => {
    const work = () =>
      db.transaction(() => {
        db.meta.set('outer', '1');
        db.transaction(() => {
          db.meta.set('inner', '1');
          throw new Error('inner stop');
        });
      });
    expect(work).toThrow('inner stop');
    expect([db.meta.get('outer'), db.meta.get('inner')]).toEqual([null, null]);
    expect(db.transaction(() => db.transaction(() => 7))).toBe(7);
  });

  test('Asynchronous work is refused and undone, at every depth', () => {
    const later = async () => {
      db.meta.set('x', '1');
      await Promise.resolve();
    };
    expect(() => db.transaction(later)).toThrow(/asynchronous/);
    expect(() => db.transaction(() => db.transaction(later))).toThrow(/asynchronous/);
    expect(db.meta.get('x')).toBeNull();
    db.transaction(() => db.meta.set('x', '2'));
    expect(db.meta.get('x')).toBe('2');
  });
});
