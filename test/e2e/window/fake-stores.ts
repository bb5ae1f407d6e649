import { implement } from '@orpc/server';
import type { Topic } from '#shared/contract/events.ts';
import { contract } from '#shared/contract/index.ts';
import type { Credential, CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import { fail, need } from './fake-failure.ts';
import { fakeHash, type World } from './world.ts';

const os = implement(contract);

export interface FakeTools {
  world: World;
  changed(...topics: Topic[]): void;
  did(command: string, input: unknown): void;
}

/** Stores and credentials from the world in memory. */
export function storeRoutes({ world, changed, did }: FakeTools) {
  const store = (name: string): CredentialStore =>
    need(
      world.stores,
      (one) => one.id === name || one.name === name,
      `There is no credential store "${name}".`,
    );
  const users = (storeId: string): StoreUser[] =>
    world.endpoints.flatMap(({ id, name, connection }) =>
      connection.type === 'ssh' && connection.store === storeId
        ? [{ kind: 'endpoint' as const, id, name, credentialId: connection.storeCredentialId ?? '' }]
        : [],
    );
  const row = (one: CredentialStore) => ({
    ...one,
    usedBy: users(one.id),
    credentials:
      one.kind === 'local' ? world.credentials.filter((each) => each.storeId === one.id).length : null,
  });
  const credential = (storeId: string, id: string): Credential =>
    need(
      world.credentials,
      (one) => one.storeId === storeId && one.id === id,
      `There is no credential "${id}" in the store "${store(storeId).name}".`,
    );
  const usersOf = (one: Credential) => users(one.storeId).filter((user) => user.credentialId === one.id);
  const unused = (what: string, code: string, list: readonly StoreUser[]): void => {
    if (list.length > 0)
      throw fail({
        code,
        sentence: `${what} is used by the endpoints ${list.map((user) => `"${user.name}"`).join(', ')}.`,
        hint: 'Choose another login for them first.',
        retry: 'needs-person',
      });
  };
  return {
    credentialStores: {
      add: os.credentialStores.add.handler(({ input }) => {
        did('credentialStores.add', input);
        const like = need(world.stores, (one) => one.kind === input.kind, 'There is no such kind.');
        const added = {
          ...like,
          id: `cs_${fakeHash(input.storename).slice(0, 12)}`,
          name: input.storename,
          createdAt: Date.now(),
        };
        world.stores.push(added);
        changed('credential-stores');
        return row(added);
      }),
      list: os.credentialStores.list.handler(() => world.stores.map(row)),
      show: os.credentialStores.show.handler(({ input }) => row(store(input.storename))),
      update: os.credentialStores.update.handler(({ input }) => {
        did('credentialStores.update', input);
        const one = store(input.storename);
        one.name = input.new_storename ?? one.name;
        changed('credential-stores');
        return row(one);
      }),
      verify: os.credentialStores.verify.handler(async ({ input }) => {
        did('credentialStores.verify', input);
        const one = store(input.storename);
        await new Promise((resolve) => setTimeout(resolve, 60));
        one.report = { ...(one.report ?? allWell()), at: Date.now() };
        changed('credential-stores');
        return one.report;
      }),
      remove: os.credentialStores.remove.handler(({ input }) => {
        did('credentialStores.remove', input);
        const one = store(input.storename);
        unused(`The credential store "${one.name}"`, 'credential-store.in-use', users(one.id));
        world.stores = world.stores.filter((each) => each !== one);
        changed('credential-stores');
        return {};
      }),
    },
    credentials: {
      add: os.credentials.add.handler(({ input }) => {
        did('credentials.add', input);
        const { id: storeId } = store(input.storename);
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
        const { id: storeId } = store(input.storename);
        const found = world.credentials
          .filter(
            (one) => one.storeId === storeId && (input.search === undefined || one.id.includes(input.search)),
          )
          .sort((a, b) => (a.id < b.id ? -1 : 1));
        const from = input.after === undefined ? 0 : found.findIndex((one) => one.id > (input.after ?? ''));
        const limit = input.limit ?? 100;
        const items = from < 0 ? [] : found.slice(from, from + limit);
        return {
          items: items.map((one) => ({ ...one, usedBy: usersOf(one) })),
          total: found.length,
          more: from >= 0 && found.length > from + limit,
        };
      }),
      get: os.credentials.get.handler(({ input }) => {
        world.reads.push(`${input.storename} ${input.id}`);
        const one = store(input.storename);
        if (one.kind !== 'local') return vaultCredential(one, input.id, users(one.id));
        const found = credential(one.id, input.id);
        return {
          store: one.name,
          id: found.id,
          username: found.username,
          hasPassword: found.hasPassword,
          hasPrivateKey: found.privateKey !== null,
          hasPassphrase: found.privateKey?.hasPassphrase ?? false,
          keySentence:
            found.privateKey === null ? null : `${found.privateKey.type} ${found.privateKey.fingerprint}`,
          about: [],
          usedBy: usersOf(found),
        };
      }),
      reveal: os.credentials.reveal.handler(() => {
        throw new Error('the window must never ask for secrets');
      }),
      update: os.credentials.update.handler(({ input }) => {
        did('credentials.update', input);
        const found = credential(store(input.storename).id, input.id);
        const { changes } = input;
        if (changes.password === null) found.hasPassword = false;
        if (typeof changes.username === 'string') found.username = changes.username;
        changed('credentials');
        return { ...found, usedBy: usersOf(found) };
      }),
      remove: os.credentials.remove.handler(({ input }) => {
        did('credentials.remove', input);
        const found = credential(store(input.storename).id, input.id);
        unused(`The credential "${found.id}"`, 'credential.in-use', usersOf(found));
        world.credentials = world.credentials.filter((one) => one !== found);
        changed('credentials');
        return {};
      }),
    },
  };
}

function allWell() {
  return {
    ok: true,
    checks: ['resolve', 'connect', 'tls', 'log-in'].map((name) => ({ name, ok: true, sentence: 'Done.' })),
    at: 0,
  };
}

function vaultCredential(store: CredentialStore, id: string, usedBy: readonly StoreUser[]) {
  if (id.includes('missing'))
    throw fail({
      code: 'credential.not-found',
      sentence: `There is no secret at ${id} in the credential store "${store.name}".`,
      hint: 'The id is relative to the root path of the store.',
      retry: 'needs-person',
      peerSaid: '{"errors":[]}',
    });
  return {
    store: store.name,
    id,
    username: 'deploy',
    hasPassword: true,
    hasPrivateKey: true,
    hasPassphrase: false,
    keySentence: `ssh-ed25519 SHA256:${fakeHash(id).slice(0, 43)}`,
    about: ['version 3 of 2026-11-01', 'a password change is in process'],
    usedBy: usedBy.filter((user) => user.credentialId === id),
  };
}

export function makeCredential(
  storeId: string,
  id: string,
  at: number,
  holds: { username?: string | null; password?: boolean; key?: boolean; passphrase?: boolean } = {},
): Credential {
  const { username = 'root', password = false, key = false, passphrase = false } = holds;
  return {
    rowId: `cr_${fakeHash(storeId + id).slice(0, 12)}`,
    storeId,
    id,
    username,
    hasPassword: password,
    privateKey: key
      ? { type: 'ssh-ed25519', fingerprint: `SHA256:${fakeHash(id).slice(0, 43)}`, hasPassphrase: passphrase }
      : null,
    createdAt: at,
    updatedAt: at,
  };
}
