import { Failure } from '#shared/failure.ts';
import type { Credential, CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import { checkUnused } from '../../../../electron/commands/in-use.ts';
import { makeCredential } from '../world/credentials.ts';
import { vaultOnMissingSecret } from '../world/said-by-others.ts';
import { fakeHash, type World } from '../world/world.ts';
import { type FakeTools, os } from './procedures.ts';
import { findCredential, findStore, usersOfCredential, usersOfStore } from './store-rows.ts';

/** Credentials; those of a vault are asked for one at a time, and counted. */
export function credentialRoutes({ world, changed, did }: FakeTools) {
  const withUsers = (one: Credential) => ({ ...one, usedBy: usersOfCredential(world, one) });
  return {
    credentials: {
      add: os.credentials.add.handler(({ input }) => {
        did('credentials.add', input);
        const { id: storeId } = findStore(world, input.storename);
        const added = makeCredential(storeId, input.id, Date.now(), {
          username: input.username ?? null,
          key: input.privatekeypath !== undefined,
          password: input.password !== undefined,
        });
        world.credentials.push(added);
        changed('credentials');
        return { ...added, usedBy: [] };
      }),
      list: os.credentials.list.handler(({ input }) => {
        const { items, ...rest } = pageOf(world, findStore(world, input.storename), input);
        return { ...rest, items: items.map(withUsers) };
      }),
      get: os.credentials.get.handler(({ input }) => {
        world.reads.push(`${input.storename} ${input.id}`);
        const store = findStore(world, input.storename);
        if (store.kind !== 'local') return inVault(store, input.id, usersOfStore(world, store.id));
        const found = findCredential(world, store, input.id);
        return shown(store, found, usersOfCredential(world, found));
      }),
      reveal: os.credentials.reveal.handler(() => {
        throw new Failure('credential.reveal-not-here', 'Secrets are shown on the command line only.');
      }),
      update: os.credentials.update.handler(({ input }) => {
        did('credentials.update', input);
        const found = findCredential(world, findStore(world, input.storename), input.id);
        const { changes } = input;
        if (changes.password === null) found.hasPassword = false;
        if (typeof changes.username === 'string') found.username = changes.username;
        changed('credentials');
        return withUsers(found);
      }),
      remove: os.credentials.remove.handler(({ input }) => {
        did('credentials.remove', input);
        const store = findStore(world, input.storename);
        const found = findCredential(world, store, input.id);
        const what = `The credential "${found.id}" of the store "${store.name}"`;
        checkUnused(what, 'credential.in-use', usersOfCredential(world, found));
        world.credentials = world.credentials.filter((one) => one !== found);
        changed('credentials');
        return {};
      }),
    },
  };
}

interface Wanted {
  search?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

function pageOf(
  { credentials }: World,
  { id: storeId }: CredentialStore,
  { search = '', after, limit = 100 }: Wanted,
) {
  const found = credentials
    .filter((one) => one.storeId === storeId && one.id.includes(search))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const from = after === undefined ? 0 : found.findIndex((one) => one.id > after);
  const items = from < 0 ? [] : found.slice(from, from + limit);
  return { items, total: found.length, more: from >= 0 && found.length > from + limit };
}

function shown(
  store: CredentialStore,
  { id, username, hasPassword, privateKey }: Credential,
  usedBy: StoreUser[],
) {
  return {
    store: store.name,
    id,
    username,
    hasPassword,
    hasPrivateKey: privateKey !== null,
    hasPassphrase: privateKey?.hasPassphrase ?? false,
    keySentence: privateKey === null ? null : `${privateKey.type} ${privateKey.fingerprint}`,
    about: [],
    usedBy,
  };
}

/** As Vault answers for the one at the root path of the world. */
function inVault(store: CredentialStore, id: string, usedBy: readonly StoreUser[]) {
  const who = 'HashiCorp Vault at vault.nordhafen.internal:8200';
  if (id.includes('missing'))
    throw new Failure(
      'credential.not-found',
      `There is no secret "secret/servers/${id}" in ${who} (KV version 2 at secret/).`,
      { hint: 'Check the credential ID and the root path of the store.', peerSaid: vaultOnMissingSecret },
    );
  return {
    store: store.name,
    id,
    username: 'deploy',
    hasPassword: true,
    hasPrivateKey: true,
    hasPassphrase: false,
    keySentence: `ssh-ed25519 SHA256:${fakeHash(id).slice(0, 43)}`,
    about: [
      'KV version 2 at secret',
      'version 3, written 2026-11-01T08:15:00.000Z',
      'a password change is in process',
    ],
    usedBy: usedBy.filter((user) => user.credentialId === id),
  };
}
