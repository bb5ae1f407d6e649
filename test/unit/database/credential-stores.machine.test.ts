import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureDefaults } from '../../../electron/commands/defaults.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { aCredential, anEndpoint, anSshConnection, aStore } from '../../make/rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

describe('credential stores', () => {
  test('A store comes back as it was stored, also after a restart', () => {
    const one = aStore({
      kind: 'hashicorp',
      settings: {
        kind: 'hashicorp',
        vaultUrl: 'https://vault.example:8200',
        auth: { type: 'AppRoleFile', roleId: 'r', secretFile: '/etc/secret', wrapped: true },
        rootPath: 'kv/servers',
        namespace: 'team1',
        authMount: 'approle',
        trustedRootsPem: null,
        verify: 'web1',
      },
      report: { ok: false, checks: [{ name: 'tls', ok: false, sentence: 'No.' }], at: now },
    });
    db.credentialStores.insert(one);
    expect(fixture.reopen().credentialStores.get(one.id)).toEqual(one);
    const renamed = { ...one, name: 'other', report: null, updatedAt: now + 1 };
    fixture.database.credentialStores.update(renamed);
    expect(fixture.database.credentialStores.list()).toEqual([renamed]);
  });

  test('It is found by id first, then by its exact name', () => {
    const one = aStore({ name: 'vault1' });
    const two = aStore({ name: one.id });
    db.credentialStores.insert(one);
    db.credentialStores.insert(two);
    expect(db.credentialStores.find('vault1')).toEqual(one);
    expect(db.credentialStores.find(one.id)).toEqual(one);
    expect(db.credentialStores.find('Vault1')).toBeNull();
  });

  test('A taken name is refused with a sentence, when adding and when renaming', () => {
    db.credentialStores.insert(aStore({ name: 'vault1' }));
    const two = aStore({ name: 'vault2' });
    db.credentialStores.insert(two);
    const taken = expect.objectContaining({ code: 'credential-store.name-taken' });
    expect(() => db.credentialStores.insert(aStore({ name: 'vault1' }))).toThrow(taken);
    expect(() => db.credentialStores.update({ ...two, name: 'vault1' })).toThrow(taken);
  });

  test('A store that was removed in the meantime cannot be changed', () => {
    expect(() => db.credentialStores.update(aStore())).toThrow(
      expect.objectContaining({ code: 'database.row-gone' }),
    );
  });

  test('Who uses a store is read from the connections, by name, whatever else is damaged', () => {
    const one = aStore();
    db.credentialStores.insert(one);
    const by = (name: string, storeId: string | null, storeCredentialId: string | null) =>
      anEndpoint({ name, connection: anSshConnection({ store: storeId, storeCredentialId }) });
    const [web, api, other] = [by('web', one.id, 'b'), by('api', one.id, 'a'), by('other', 'cs_else', 'a')];
    for (const row of [web, api, other, by('own', null, null), anEndpoint({ name: 'local' })])
      db.endpoints.insert(row);
    fixture.raw(`UPDATE endpoints SET connection = '{' WHERE name = 'other'`);
    expect(db.credentialStores.usedBy(one.id)).toEqual([
      { kind: 'endpoint', id: api.id, name: 'api', credentialId: 'a' },
      { kind: 'endpoint', id: web.id, name: 'web', credentialId: 'b' },
    ]);
  });

  test('Removing a store takes its credentials, everything sealed for them and its notes along, and nothing else', () => {
    const [one, two] = [aStore({ name: 'one' }), aStore({ name: 'two' })];
    for (const row of [one, two]) {
      db.credentialStores.insert(row);
      const credential = aCredential(row.id, 'web');
      db.credentials.insert(credential);
      db.secrets.put(credential.rowId, 'password', Secret.of('x'));
      db.secrets.put(row.id, 'token', Secret.of('x'));
      db.meta.set(`credential-store/${row.id}/seen`, '1');
    }
    const kept = db.credentials.get(two.id, 'web');
    db.credentialStores.remove(one.id);
    expect(db.credentialStores.list()).toEqual([two]);
    expect(db.credentials.count(one.id)).toBe(0);
    const owners = (fixture.database as SqliteDatabase).driver.all(
      'SELECT owner FROM secrets ORDER BY owner',
    );
    expect(owners).toEqual([kept?.rowId, two.id].toSorted().map((owner) => ({ owner })));
    expect(db.meta.get(`credential-store/${one.id}/seen`)).toBeNull();
    expect(db.meta.get(`credential-store/${two.id}/seen`)).toBe('1');
  });

  test('The default store is there from the first start, also in a database that is older than it', () => {
    db.meta.set('defaults-made', '1');
    ensureDefaults(db, clockAt(now));
    ensureDefaults(db, clockAt(now + 1));
    expect(db.credentialStores.list()).toMatchObject([
      { name: 'trustkeep-store', kind: 'local', settings: { kind: 'local' }, createdAt: now },
    ]);
    expect(db.authorities.list()).toEqual([]);
  });
});

describe('credentials of local stores', () => {
  const key = { type: 'ssh-ed25519', fingerprint: 'SHA256:abc', hasPassphrase: true };
  let storeId: string;
  beforeEach(() => {
    const row = aStore();
    storeId = row.id;
    db.credentialStores.insert(row);
  });

  test('A credential comes back as it was stored, alone and in the list', () => {
    const all = [
      aCredential(storeId, 'a', { privateKey: key, hasPassword: false }),
      aCredential(storeId, 'b', { privateKey: { ...key, hasPassphrase: false } }),
      aCredential(storeId, 'c', { username: null }),
    ];
    for (const one of all) db.credentials.insert(one);
    expect(db.credentials.page(storeId, {})).toEqual(all);
    expect(all.map(({ id }) => db.credentials.get(storeId, id))).toEqual(all);
    expect(db.credentials.get('cs_else', 'a')).toBeNull();
  });

  test('An id is taken once in its store, and free in another', () => {
    const other = aStore({ name: 'other' });
    db.credentialStores.insert(other);
    const one = aCredential(storeId, 'web');
    db.credentials.insert(one);
    db.credentials.insert(aCredential(other.id, 'web'));
    const exists = expect.objectContaining({ code: 'credential.exists' });
    expect(() => db.credentials.insert(aCredential(storeId, 'web'))).toThrow(exists);
    const two = aCredential(storeId, 'api');
    db.credentials.insert(two);
    expect(() => db.credentials.update({ ...two, id: 'web' })).toThrow(exists);
    db.credentials.update({ ...two, id: 'db', username: 'root', updatedAt: now + 5 });
    expect(db.credentials.get(storeId, 'db')).toMatchObject({ rowId: two.rowId, username: 'root' });
    expect(() => db.credentials.update(aCredential(storeId, 'gone'))).toThrow(
      expect.objectContaining({ code: 'database.row-gone' }),
    );
  });

  test('Removing one takes what is sealed for it along', () => {
    const [one, two] = [aCredential(storeId, 'a'), aCredential(storeId, 'b')];
    for (const row of [one, two]) {
      db.credentials.insert(row);
      db.secrets.put(row.rowId, 'password', Secret.of('x'));
    }
    db.credentials.remove(one.rowId);
    expect(db.credentials.page(storeId, {})).toEqual([two]);
    expect(db.secrets.has(one.rowId, 'password')).toBe(false);
    expect(db.secrets.has(two.rowId, 'password')).toBe(true);
  });

  test('Pages follow one another without a gap, and a search finds a part of the id', () => {
    const ids = Array.from({ length: 25 }, (_, index) => `srv_${String(index).padStart(2, '0')}%x`);
    for (const id of ids.toReversed()) db.credentials.insert(aCredential(storeId, id));
    db.credentials.insert(aCredential(storeId, 'SRV-00'));
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = db.credentials.page(storeId, { limit: 7, after, search: 'srv_' });
      seen.push(...page.map(({ id }) => id));
      if (page.length < 7) break;
    }
    expect(seen).toEqual(ids);
    expect(db.credentials.count(storeId, 'srv_')).toBe(25);
    expect(db.credentials.count(storeId, 'RV')).toBe(26);
    expect(db.credentials.count(storeId, '0%')).toBe(3);
    expect(db.credentials.count(storeId)).toBe(26);
  });

  test.each([
    ['a flag', 'has_password = 7', 'hasPassword'],
    ['a key without a fingerprint', `private_key = 'ssh-rsa'`, 'privateKey.fingerprint'],
  ])('A row damaged in %s says so instead of lying', (_what, set, where) => {
    db.credentials.insert(aCredential(storeId, 'web'));
    fixture.raw(`UPDATE credentials SET ${set}`);
    const damaged = expect.objectContaining({
      code: 'database.row-damaged',
      message: expect.stringContaining(where),
    });
    expect(() => db.credentials.page(storeId, {})).toThrow(damaged);
    expect(() => db.credentials.get(storeId, 'web')).toThrow(damaged);
  });

  test('A page of many opens no secret and reads no other row', () => {
    db.transaction(() => {
      for (let index = 0; index < 3000; index++)
        db.credentials.insert(aCredential(storeId, `srv-${String(index).padStart(5, '0')}`));
    });
    const plan = (fixture.database as SqliteDatabase).driver
      .all('EXPLAIN QUERY PLAN SELECT * FROM credentials WHERE store_id = ? AND id > ? ORDER BY id LIMIT ?', [
        storeId,
        '',
        100,
      ])
      .map((row) => String(row.detail));
    expect(plan).toEqual(['SEARCH credentials USING PRIMARY KEY (store_id=? AND id>?)']);
    const page = db.credentials.page(storeId, { limit: 100, after: 'srv-01999' });
    expect(page.map(({ id }) => id)).toEqual(
      Array.from({ length: 100 }, (_, index) => `srv-${String(index + 2000).padStart(5, '0')}`),
    );
  });
});
