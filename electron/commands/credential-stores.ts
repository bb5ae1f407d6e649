import { implement } from '@orpc/server';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { type CredentialStore, defaultStoreName, isKeptHere } from '#shared/model/credential-store.ts';
import type { CommandContext } from '../transport/context.ts';
import { toldOfPlain } from './credential-store-draft.ts';
import { addStore, type InHand, updateStore } from './credential-store-update.ts';
import { findStore } from './find.ts';
import { checkUnused } from './in-use.ts';
import type { CommandTools } from './tools.ts';

export function credentialStoreCommands(tools: CommandTools) {
  const os = implement(contract.credentialStores).$context<CommandContext>();
  const inHand: InHand = new Set();
  return os.router({
    add: os.add.handler(async ({ input, context }) =>
      rowOf(tools, await addStore(tools, inHand, input, context)),
    ),
    list: os.list.handler(() => tools.database.credentialStores.list().map((store) => rowOf(tools, store))),
    show: os.show.handler(({ input }) => rowOf(tools, findStore(tools.database, input.storename))),
    update: os.update.handler(async ({ input, context }) => {
      const before = findStore(tools.database, input.storename);
      return rowOf(tools, await updateStore(tools, inHand, before, input, context));
    }),
    verify: os.verify.handler(({ input, context }) =>
      verify(tools, findStore(tools.database, input.storename), context),
    ),
    remove: os.remove.handler(({ input, context }) => {
      remove(tools, findStore(tools.database, input.storename), context);
      return {};
    }),
  });
}

function rowOf({ database }: CommandTools, store: CredentialStore): CredentialStoreRow {
  return {
    ...store,
    usedBy: database.credentialStores.usedBy(store.id),
    credentials: isKeptHere(store) ? database.credentials.count(store.id) : null,
  };
}

async function verify(tools: CommandTools, asked: CredentialStore, { audit }: CommandContext) {
  const { database, stores, agent } = tools;
  const report = toldOfPlain(asked, await stores.get(asked.id).verify());
  const wrong = report.checks.find(({ ok }) => !ok);
  audit.commit(
    () => {
      // it may have been changed or removed while the vault took its time; then this is no longer about it
      const now = database.credentialStores.get(asked.id);
      if (now?.updatedAt === asked.updatedAt) database.credentialStores.update({ ...now, report });
    },
    () => ({
      subject: asked.id,
      sentence:
        wrong === undefined
          ? `The credential store "${asked.name}" was verified.`
          : `The credential store "${asked.name}" was verified and failed at the step ${wrong.name}.`,
      ...(wrong === undefined ? {} : { outcome: 'refused' as const }),
    }),
  );
  agent.events.changed('credential-stores', asked.id);
  return report;
}

function remove(tools: CommandTools, store: CredentialStore, { audit }: CommandContext): void {
  const { database, stores, credentials, agent } = tools;
  if (store.name === defaultStoreName) {
    throw new Failure('credential-store.default', `The default store "${store.name}" cannot be removed.`, {
      hint: 'Its credentials can be removed: trustkeep credstore credentials remove',
    });
  }
  audit.commit(
    () => {
      const users = database.credentialStores.usedBy(store.id);
      checkUnused(`The credential store "${store.name}"`, 'credential-store.in-use', users);
      database.credentialStores.remove(store.id);
    },
    () => ({
      subject: store.id,
      sentence: `The ${store.kind} credential store "${store.name}" was removed.`,
    }),
  );
  stores.forget(store.id);
  credentials.forget(store.id);
  agent.events.changed('credential-stores', store.id);
  agent.events.changed('credentials', null);
}
