import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { aStore } from '#test/make/rows.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let vault: CredentialStore;
beforeEach(async () => {
  made = await makeCommands();
  vault = aVault('Vault1');
  made.database.credentialStores.insert(vault);
});
afterEach(() => made.close());

function aVault(name: string): CredentialStore {
  const settings: CredentialStore['settings'] = {
    ...{ kind: 'hashicorp', vaultUrl: 'https://vault.example', namespace: null, auth: { type: 'Token' } },
    ...{ authMount: 'approle', rootPath: 'kv', verify: null, trustedRootsPem: null },
  };
  return aStore({ name, kind: 'hashicorp', settings });
}

const base = { type: 'nginx' as const, name: 'web1', connection_type: 'ssh', host: 'web1.example' };
const stored = { store: 'vault1', store_cred_id: 'servers/web' };
const update = (changes: Record<string, unknown>) =>
  made.call.endpoints.update({ endpoint: 'web1', changes });

describe('an endpoint with a credential of a store', () => {
  test('keeps the id of the store and of the credential, and seals nothing', async () => {
    const { endpoint } = await made.call.endpoints.add({ ...base, ...stored });
    expect(endpoint.connection).toMatchObject({
      auth: 'credential-store',
      user: '',
      store: vault.id,
      storeCredentialId: 'servers/web',
    });
    expect(made.database.secrets.list(endpoint.id)).toEqual([]);
    expect(made.script.probed[0]?.login).toEqual({});
    expect(made.database.credentialStores.usedBy(vault.id)).toMatchObject([{ name: 'web1' }]);
  });

  test('is shown with the name that its store has now', async () => {
    await made.call.endpoints.add({ ...base, ...stored });
    expect(await made.call.endpoints.show({ endpoint: 'web1' })).toMatchObject({ storeName: 'Vault1' });
    made.database.credentialStores.update({ ...vault, name: 'main vault' });
    expect(await made.call.endpoints.show({ endpoint: 'web1' })).toMatchObject({ storeName: 'main vault' });
    const own = { ...base, name: 'own', user: 'u', password: 'p' };
    await made.call.endpoints.add(own);
    expect(await made.call.endpoints.show({ endpoint: 'own' })).toMatchObject({ storeName: null });
  });

  test('needs no master key of its own', async () => {
    made.close();
    made = await makeCommands({ locked: true });
    made.database.credentialStores.insert(vault);
    await expect(made.call.endpoints.add({ ...base, ...stored })).resolves.toBeDefined();
    await expect(update({ port: 2222 })).resolves.toBeDefined();
  });

  test('takes a user name that beats the one of the credential, and gives it back', async () => {
    await made.call.endpoints.add({ ...base, ...stored, user: 'deploy' });
    const kept = await update({ port: 2222 });
    expect(kept.endpoint.connection).toMatchObject({ user: 'deploy', port: 2222, store: vault.id });
    const cleared = await update({ user: null });
    expect(cleared.endpoint.connection).toMatchObject({ user: '', storeCredentialId: 'servers/web' });
  });

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ['an unknown store', { store: 'nope', store_cred_id: 'x' }, 'credential-store.not-found', /"nope"/],
    ['a store and a password', { ...stored, password: 'x' }, 'input.invalid', /not both/],
    ['a store and a key', { ...stored, ssh_key_path: '/k' }, 'input.invalid', /not both/],
    ['a store and a passphrase', { ...stored, ssh_key_password: 'x' }, 'input.invalid', /not both/],
    ['a store without an id', { store: 'vault1' }, 'input.invalid', /No credential of "vault1" was chosen/],
    ['an id without a store', { store_cred_id: 'x' }, 'input.invalid', /without its credential store/],
    [
      'a store for this machine',
      { ...stored, connection_type: 'local', host: undefined },
      'input.invalid',
      /Credential store is not used with connection type local/,
    ],
  ];
  test.each(wrong)('is refused with %s in one sentence', async (_what, input, code, sentence) => {
    const failure = await failureFrom(made.call.endpoints.add({ ...base, ...input } as typeof base));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
    expect(failure.hint).toBeDefined();
    expect(made.script.probed).toEqual([]);
    expect(made.database.endpoints.list()).toEqual([]);
  });

  test('is not stored when its login could not be read', async () => {
    made.script.refuse = new Failure(
      'credential.not-found',
      'The login of "web1" could not be read: no such id.',
    );
    const failure = await failureFrom(made.call.endpoints.add({ ...base, ...stored }));
    expect(failure.code).toBe('credential.not-found');
    made.script.refuse = null;
    made.script.report = {
      ...{ ok: false, version: null, at: 1 },
      checks: [{ name: 'credential', ok: false, sentence: 'It could not be read.' }],
    };
    const reported = await failureFrom(made.call.endpoints.add({ ...base, ...stored }));
    expect(reported).toMatchObject({ code: 'credential.not-read', message: 'It could not be read.' });
    expect(made.database.endpoints.list()).toEqual([]);
  });
});

describe('changing where the login of an endpoint comes from', () => {
  test('from its own to a store forgets what was sealed', async () => {
    const { endpoint } = await made.call.endpoints.add({ ...base, user: 'deploy', password: 'x' });
    const changed = await update(stored);
    expect(changed.endpoint.connection).toMatchObject({
      ...{ auth: 'credential-store', user: 'deploy', store: vault.id, storeCredentialId: 'servers/web' },
    });
    expect(made.database.secrets.list(endpoint.id)).toEqual([]);
  });

  test.each([
    ['naming the login alone', {}],
    ['clearing the store as well', { store: null, store_cred_id: null }],
    ['clearing the store by its name', { store: null }],
  ])('from a store to its own by %s forgets the store', async (_what, cleared) => {
    await made.call.endpoints.add({ ...base, ...stored });
    const { endpoint } = await update({ user: 'deploy', password: 'Pw-own', ...cleared });
    expect(endpoint.connection).toMatchObject({
      ...{ auth: 'password', user: 'deploy', store: null, storeCredentialId: null },
    });
    expect(made.database.secrets.open(endpoint.id, 'password')?.text()).toBe('Pw-own');
    expect(made.database.credentialStores.usedBy(vault.id)).toEqual([]);
  });

  test('from a store to a key of its own', async () => {
    await made.call.endpoints.add({ ...base, ...stored, user: 'deploy' });
    const path = join(made.directory, 'id');
    writeFileSync(path, 'key');
    const { endpoint } = await update({ ssh_key_path: path });
    expect(endpoint.connection).toMatchObject({ auth: 'private-key', store: null });
    expect(made.database.secrets.list(endpoint.id)).toEqual(['private-key']);
  });

  test('to its own needs a user name, since the one of the credential goes with it', async () => {
    await made.call.endpoints.add({ ...base, ...stored });
    const failure = await failureFrom(update({ password: 'x' }));
    expect(failure).toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('User is required'),
    });
    expect(made.database.endpoints.find('web1')?.connection).toMatchObject({ auth: 'credential-store' });
  });

  test('by clearing the store alone leaves no login, which is refused', async () => {
    await made.call.endpoints.add({ ...base, ...stored, user: 'deploy' });
    const failure = await failureFrom(update({ store: null }));
    expect(failure.message).toMatch(/A password or an SSH key is required/);
  });

  test('to another credential or another store keeps the rest', async () => {
    const other = aVault('vault2');
    made.database.credentialStores.insert(other);
    await made.call.endpoints.add({ ...base, ...stored });
    const id = await update({ store_cred_id: 'servers/api' });
    expect(id.endpoint.connection).toMatchObject({ store: vault.id, storeCredentialId: 'servers/api' });
    const moved = await update({ store: 'vault2' });
    expect(moved.endpoint.connection).toMatchObject({ store: other.id, storeCredentialId: 'servers/api' });
    const both = await failureFrom(update({ store: 'vault1', password: 'x' }));
    expect(both.message).toMatch(/not both/);
  });

  test('to this machine forgets the store', async () => {
    await made.call.endpoints.add({ ...base, ...stored });
    const { endpoint } = await update({ connection_type: 'local' });
    expect(endpoint.connection).toEqual({ type: 'local' });
    expect(made.database.credentialStores.usedBy(vault.id)).toEqual([]);
  });
});

describe('what is removed while an endpoint that is to use it is probed', () => {
  const gone: [string, string, Record<string, unknown>, () => Promise<unknown>][] = [
    [
      'a store',
      'credential-store.not-found',
      { ...base, ...stored },
      () => made.call.credentialStores.remove({ storename: 'vault1' }),
    ],
    [
      'a credential',
      'credential.not-found',
      { ...base, store: 'trustkeep-store', store_cred_id: 'web' },
      () => made.call.credentials.remove({ storename: 'trustkeep-store', id: 'web' }),
    ],
    [
      'an authority',
      'authority.not-found',
      { type: 'nginx', name: 'web1', authority: 'lab' },
      () => made.call.authorities.remove({ authority: 'lab' }),
    ],
  ];

  beforeEach(async () => {
    await made.call.credentials.add({
      storename: 'trustkeep-store',
      id: 'web',
      username: 'u',
      password: 'p',
    });
    await made.call.authorities.add({ kind: 'local', name: 'lab' });
  });

  test.each(gone)('%s: nothing is added that names it', async (_what, code, request, remove) => {
    made.script.meanwhile = remove;
    const failure = await failureFrom(made.call.endpoints.add(request as typeof base));
    expect(failure).toMatchObject({ code, message: expect.stringContaining('removed in the meantime') });
    expect(made.database.endpoints.list()).toEqual([]);
  });

  test.each(gone)(
    '%s: the endpoint stays as it was',
    async (_what, code, { type, name, ...changes }, remove) => {
      await made.call.endpoints.add({ ...base, user: 'u', password: 'p' });
      const before = made.database.endpoints.find('web1');
      made.script.meanwhile = remove;
      const own = changes.store === undefined ? {} : { password: null };
      expect(await failureFrom(update({ ...changes, ...own }))).toMatchObject({ code });
      expect(made.database.endpoints.find('web1')).toEqual(before);
    },
  );
});
