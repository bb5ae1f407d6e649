import { implement } from '@orpc/server';
import type { Flat } from '#shared/catalog/field.ts';
import type { CredentialRow } from '#shared/contract/credentials.ts';
import { contract } from '#shared/contract/index.ts';
import type { Credential, CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import type { CommandContext } from '../transport/context.ts';
import { revealedCredential, shownCredential, usersOf } from './credential-reading.ts';
import { addCredential, updateCredential } from './credential-update.ts';
import { findCredential, findLocalStore, findStore } from './find.ts';
import { checkUnused } from './in-use.ts';
import type { CommandTools } from './tools.ts';

const usualPage = 100;

export function credentialCommands(tools: CommandTools) {
  const os = implement(contract.credentials).$context<CommandContext>();
  const { database } = tools;
  return os.router({
    add: os.add.handler(async ({ input, context }) => {
      const { storename, ...flat } = input as Flat & typeof input;
      const store = findLocalStore(database, storename);
      return withUsers(tools, store, await addCredential(tools, store, flat, context));
    }),
    list: os.list.handler(({ input }) => page(tools, findLocalStore(database, input.storename), input)),
    get: os.get.handler(({ input }) =>
      shownCredential(tools, findStore(database, input.storename), input.id),
    ),
    reveal: os.reveal.handler(({ input, context }) =>
      revealedCredential(tools, findStore(database, input.storename), input.id, context),
    ),
    update: os.update.handler(async ({ input, context }) => {
      const store = findLocalStore(database, input.storename);
      const before = findCredential(database, store, input.id);
      return withUsers(tools, store, await updateCredential(tools, store, before, input.changes, context));
    }),
    remove: os.remove.handler(({ input, context }) => {
      remove(tools, findLocalStore(database, input.storename), input.id, context);
      return {};
    }),
  });
}

function withUsers(tools: CommandTools, store: CredentialStore, credential: Credential): CredentialRow {
  return { ...credential, usedBy: usersOf(tools, store, credential.id) };
}

interface PageRequest {
  limit?: number | undefined;
  after?: string | undefined;
  search?: string | undefined;
}

/** Opens no secret. */
function page({ database }: CommandTools, store: CredentialStore, request: PageRequest) {
  const { limit = usualPage, after, search } = request;
  const found = database.credentials.page(store.id, { limit: limit + 1, after, search });
  const users = byCredential(database.credentialStores.usedBy(store.id));
  const items = found.slice(0, limit).map((row) => ({ ...row, usedBy: users.get(row.id) ?? [] }));
  return { items, total: database.credentials.count(store.id, search), more: found.length > limit };
}

function byCredential(users: readonly StoreUser[]): Map<string, StoreUser[]> {
  const found = new Map<string, StoreUser[]>();
  for (const user of users) {
    const same = found.get(user.credentialId);
    if (same === undefined) found.set(user.credentialId, [user]);
    else same.push(user);
  }
  return found;
}

function remove(tools: CommandTools, store: CredentialStore, id: string, { audit }: CommandContext): void {
  const { database, credentials, agent } = tools;
  const { rowId } = findCredential(database, store, id);
  audit.commit(
    () => {
      checkUnused(
        `The credential "${id}" of the store "${store.name}"`,
        'credential.in-use',
        usersOf(tools, store, id),
      );
      database.credentials.remove(rowId);
    },
    () => ({
      subject: rowId,
      sentence: `The credential "${id}" was removed from the store "${store.name}".`,
    }),
  );
  credentials.forget(store.id);
  agent.events.changed('credentials', rowId);
}
