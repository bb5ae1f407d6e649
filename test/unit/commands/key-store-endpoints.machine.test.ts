import { describe, expect, test } from 'vitest';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import { aStore } from '#test/make/rows.ts';
import { made, prepareEndpointCommands, startLocked } from './endpoint-commands.ts';

const base = { type: 'p12' as const, name: 'shop', path: '/etc/shop.p12' };
const update = (changes: Record<string, unknown>) =>
  made.call.endpoints.update({ endpoint: 'shop', changes });
const sealed = (id: string) => made.database.secrets.list(id);
const settingsOf = async () => (await made.call.endpoints.show({ endpoint: 'shop' })).settings;

function vault(): CredentialStore {
  const settings: CredentialStore['settings'] = {
    ...{ kind: 'hashicorp', vaultUrl: 'https://vault.example', namespace: null, auth: { type: 'Token' } },
    ...{ authMount: 'approle', rootPath: 'kv', verify: null, trustedRootsPem: null },
  };
  return aStore({ name: 'vault', kind: 'hashicorp', settings });
}

describe('an endpoint with a password of its key store', () => {
  prepareEndpointCommands();

  test('is probed with it before it is stored, and has it sealed afterwards, never in its row', async () => {
    const { endpoint } = await made.call.endpoints.add({ ...base, store_password: 'Pw-12345' });
    expect(made.script.probed[0]?.secrets?.get('store_password')?.text()).toBe('Pw-12345');
    expect(made.database.secrets.open(endpoint.id, 'store_password')?.text()).toBe('Pw-12345');
    const row = JSON.stringify(await made.call.endpoints.show({ endpoint: 'shop' }));
    expect(row).not.toContain('Pw-12345');
    expect(row).toContain('"store_password":{"from":"endpoint"}');
  });

  test('keeps it over an update of something else, takes a new one, and cannot be left without', async () => {
    const { endpoint } = await made.call.endpoints.add({
      ...base,
      store_password: 'first',
      key_password: 'k',
    });
    await update({ alias: 'shop' });
    expect(made.script.probed.at(-1)?.secrets?.size).toBe(0);
    await update({ store_password: 'second' });
    expect(made.database.secrets.open(endpoint.id, 'store_password')?.text()).toBe('second');
    await update({ key_password: null });
    expect(sealed(endpoint.id)).toEqual(['store_password']);
    await expect(update({ store_password: null })).rejects.toThrow('Store password is required');
    await expect(made.call.endpoints.add({ ...base, name: 'other' })).rejects.toThrow(
      'Store password is required',
    );
  });

  test('reads it from a credential store by choice, and goes back', async () => {
    const store = vault();
    made.database.credentialStores.insert(store);
    const { endpoint } = await made.call.endpoints.add({ ...base, store_password: 'own' });
    await update({ store_password_store: 'vault', store_password_cred_id: 'shop/p12' });
    expect(sealed(endpoint.id)).toEqual([]);
    expect(await settingsOf()).toMatchObject({
      secrets: { store_password: { from: 'credential-store', store: store.id, credentialId: 'shop/p12' } },
    });
    await expect(made.call.credentialStores.remove({ storename: 'vault' })).rejects.toMatchObject({
      message: expect.stringContaining('used by 1 endpoint: shop'),
    });
    await update({ store_password: 'own again' });
    expect(await settingsOf()).toMatchObject({ secrets: { store_password: { from: 'endpoint' } } });
    expect(sealed(endpoint.id)).toEqual(['store_password']);
  });

  test('must be in a store that is kept here when it is named', async () => {
    made.database.credentialStores.insert(aStore({ name: 'here' }));
    const named = { store_password_store: 'here', store_password_cred_id: 'none' };
    await expect(made.call.endpoints.add({ ...base, ...named })).rejects.toMatchObject({
      data: { code: 'credential.not-found' },
    });
    expect(made.script.probed).toEqual([]);
  });

  test('is not probed while the password could not be sealed, but with one that is in a store', async () => {
    await startLocked();
    await expect(made.call.endpoints.add({ ...base, store_password: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining('cannot be encrypted'),
    });
    expect(made.script.probed).toEqual([]);
    made.database.credentialStores.insert(vault());
    const stored = { store_password_store: 'vault', store_password_cred_id: 'shop/p12' };
    await expect(made.call.endpoints.add({ ...base, ...stored })).resolves.toBeDefined();
  });
});
