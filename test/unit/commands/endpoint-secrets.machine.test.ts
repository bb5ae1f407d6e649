import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretFacts, secretFields, sourcesOf, storesOf } from '#shared/catalog/endpoints/secrets.ts';
import type { Flat } from '#shared/catalog/field.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint, aStore } from '#test/make/rows.ts';
import { secretOpener } from '../../../electron/agent/endpoint-secrets.ts';
import {
  dropSources,
  endpointSecretsOf,
  flatSources,
  needsMasterKey,
  sealSecrets,
} from '../../../electron/commands/endpoint-secrets.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const fields = [
  ...secretFields(
    { name: 'store_password', label: 'Store password', help: 'Password of the key store.' },
    true,
  ),
  ...secretFields(
    { name: 'key_password', label: 'Key password', help: 'Of the keys.', none: 'same as the store password' },
    false,
  ),
];

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
  const settings: CredentialStore['settings'] = {
    ...{ kind: 'hashicorp', vaultUrl: 'https://vault.example', namespace: null, auth: { type: 'Token' } },
    ...{ authMount: 'approle', rootPath: 'kv', verify: null, trustedRootsPem: null },
  };
  const vault = aStore({ id: 'cs_1', name: 'vault1', kind: 'hashicorp', settings });
  fixture.database.credentialStores.insert(vault);
});
afterEach(() => fixture.remove());

/** As a type with such fields stores it. */
const withSources = (secrets: unknown): Endpoint => ({
  ...anEndpoint(),
  settings: Object.assign(anEndpoint().settings, { secrets }),
});
const read = (flat: Flat, before: Endpoint | null = null, cleared: string[] = []) =>
  endpointSecretsOf(fixture.database, fields, flat, before, cleared);
const inVault = { from: 'credential-store', store: 'cs_1', credentialId: 'jks' } as const;
const named = { store_password_store: 'vault1', store_password_cred_id: 'jks' };

describe('secrets of an endpoint', () => {
  test('are given, sealed under the name of their field, and opened again', async () => {
    const given = read({ store_password: 'Pw-1' });
    expect(given.sources).toEqual({ store_password: { from: 'endpoint' }, key_password: null });
    expect(needsMasterKey(given)).toBe(true);
    const row = withSources(given.sources);
    sealSecrets(fixture.database, row.id, given);
    expect(fixture.database.secrets.list(row.id)).toEqual(['store_password']);
    const open = secretOpener({ database: fixture.database, credentials: noVault }, row);
    expect((await open('store_password'))?.text()).toBe('Pw-1');
    expect(await open('key_password')).toBeNull();
    expect(await open('manager_password')).toBeNull();
  });

  test('of a draft are those given now, before anything is sealed; a copy, which may be wiped', async () => {
    const given = read({ store_password: 'Pw-1' });
    const open = secretOpener(parts(), withSources(given.sources), given.given);
    (await open('store_password'))?.wipe();
    expect((await open('store_password'))?.text()).toBe('Pw-1');
  });

  test('stay as they are sealed in an update that does not name them, and go when they are cleared', async () => {
    const row = withSources({ store_password: { from: 'endpoint' }, key_password: { from: 'endpoint' } });
    fixture.database.secrets.put(row.id, 'store_password', Secret.of('old'));
    fixture.database.secrets.put(row.id, 'key_password', Secret.of('old key'));
    const kept = read({ store_password: 'new' }, row);
    expect(kept.sources).toEqual(sourcesOf(row.settings));
    expect([...kept.given.keys()]).toEqual(['store_password']);
    const open = secretOpener(parts(), row, kept.given);
    expect([(await open('store_password'))?.text(), (await open('key_password'))?.text()]).toEqual([
      'new',
      'old key',
    ]);
    const cleared = read({}, row, ['key_password']);
    expect(cleared.sources.key_password).toBeNull();
    sealSecrets(fixture.database, row.id, cleared);
    expect(fixture.database.secrets.list(row.id)).toEqual(['store_password']);
  });

  test('that are named in a credential store are sealed nowhere, and what was sealed is forgotten', () => {
    const row = withSources({ store_password: { from: 'endpoint' }, key_password: null });
    fixture.database.secrets.put(row.id, 'store_password', Secret.of('old'));
    const moved = read(named, row);
    expect(moved.sources).toEqual({ store_password: inVault, key_password: null });
    expect(needsMasterKey(moved)).toBe(false);
    sealSecrets(fixture.database, row.id, moved);
    expect(fixture.database.secrets.list(row.id)).toEqual([]);
  });

  test.each([
    ['both ways', { ...named, store_password: 'x' }, /not both/],
    ['a credential without its store', { store_password_cred_id: 'x' }, /without its credential store/],
    ['a store without a credential', { store_password_store: 'vault1' }, /No credential of "vault1"/],
    ['neither, where one is needed', {}, /Store password is required/],
    ['an unknown store', { ...named, store_password_store: 'nope' }, /"nope"/],
  ])('refuse %s', (_name, flat, words) => {
    expect(() => read(flat)).toThrow(words);
  });

  test('of an update give way to what is named now, the two fields of a store together', () => {
    const present = { ...named, key_password_store: 'vault1', key_password_cred_id: 'k' };
    const rest = (changes: Record<string, unknown>): Flat => {
      const wanted: Flat = { ...present };
      dropSources(fields, wanted, changes);
      return wanted;
    };
    expect(rest({ store_password: 'x' })).toEqual({
      key_password_store: 'vault1',
      key_password_cred_id: 'k',
    });
    expect(rest({ key_password_store: null })).toEqual(named);
    expect(rest({ store_password_cred_id: 'other' })).toEqual(present);
  });

  test('are shown by where they are, never by what they are', () => {
    const row = withSources({ store_password: inVault, key_password: null });
    expect(flatSources(fixture.database, row.settings)).toEqual(named);
    const shown = secretFacts(fields, row.settings, () => 'vault1').map(({ value, none }) => value ?? none);
    expect(shown).toEqual(['credential "jks" of credential store "vault1"', 'same as the store password']);
    const [gone] = secretFacts(fields, row.settings, () => null);
    expect(gone?.value).toContain('no longer exists');
  });
});

describe('a secret in a credential store', () => {
  test('is read at the moment of use, the password of the credential alone', async () => {
    const asked: string[] = [];
    const privateKey = Secret.of('key');
    const credentials = {
      ...noVault,
      read: async (store: string, id: string) => {
        asked.push(`${store} ${id}`);
        return { ...credential, password: Secret.of('from vault'), privateKey };
      },
    };
    const row = withSources({ store_password: inVault });
    const open = secretOpener({ ...parts(), credentials }, row);
    expect((await open('store_password'))?.text()).toBe('from vault');
    expect(asked).toEqual(['cs_1 jks']);
    expect(() => privateKey.bytes()).toThrow('wiped');
    expect(storesOf(row.settings)).toEqual([inVault]);
  });

  test('carries the failure of the store over, says what it is of, and knows a credential without a password', async () => {
    const row = withSources({ store_password: inVault });
    await expect(secretOpener(parts(), row)('store_password')).rejects.toMatchObject({
      message: expect.stringMatching(/^The store_password of "web" could not be read: /),
    });
    const credentials = { ...noVault, read: async () => credential };
    await expect(secretOpener({ ...parts(), credentials }, row)('store_password')).rejects.toMatchObject({
      code: 'credential.no-password',
    });
    const gone = withSources({ store_password: { ...inVault, store: 'cs_gone' } });
    await expect(secretOpener(parts(), gone)('store_password')).rejects.toMatchObject({
      code: 'credential-store.not-found',
    });
  });

  test('makes the endpoint a user of the store, once for each credential', () => {
    const other = { ...inVault, credentialId: 'other' };
    const row = withSources({ store_password: inVault, key_password: other, manager_password: inVault });
    fixture.database.endpoints.insert(row);
    fixture.raw('UPDATE endpoints SET settings = ?', ['not JSON']);
    expect(fixture.database.credentialStores.usedBy('cs_1')).toEqual([]);
    fixture.raw('UPDATE endpoints SET settings = ?', [JSON.stringify(row.settings)]);
    expect(fixture.database.credentialStores.usedBy('cs_1')).toEqual([
      { kind: 'endpoint', id: row.id, name: row.name, credentialId: 'jks' },
      { kind: 'endpoint', id: row.id, name: row.name, credentialId: 'other' },
    ]);
  });

  test('that is said to be sealed and is not, says so', async () => {
    const row = withSources({ store_password: { from: 'endpoint' } });
    await expect(secretOpener(parts(), row)('store_password')).rejects.toMatchObject({
      code: 'secret.missing',
    });
  });
});

const credential = {
  ...{ username: 'u', domain: null, password: null, privateKey: null, passphrase: null },
  ...{ about: [], changeInProcess: false, fromMemory: false },
};
const noVault = {
  read: async (): Promise<typeof credential & { password: Secret | null; privateKey: Secret | null }> => {
    throw new Error('the vault is down');
  },
  forget() {},
};
const parts = () => ({ database: fixture.database, credentials: noVault });
