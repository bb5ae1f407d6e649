import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#kit/ids.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { Store } from '../../../electron/database/store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeStore, type TestStore } from '../../make/store.ts';

let store: TestStore;
let db: Database;
beforeEach(() => {
  store = makeStore();
  db = store.database;
});
afterEach(() => store.remove());

const raw = (sql: string, params: (string | number | null)[] = []) =>
  (store.database as Store).driver.run(sql, params);

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
    raw(`UPDATE secrets SET name = '-' || name WHERE name IN ('a', 'b')`);
    raw(`UPDATE secrets SET name = CASE name WHEN '-a' THEN 'b' ELSE 'a' END WHERE name LIKE '-%'`);
    raw(`UPDATE secrets SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE name = 'c'`);
    raw(`UPDATE secrets SET sealed = zeroblob(length(sealed)) WHERE name = 'd'`);
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
