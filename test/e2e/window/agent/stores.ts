import type { CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import { checkUnused } from '../../../../electron/commands/in-use.ts';
import { reportOf } from '../world/store-reports.ts';
import { fakeHash } from '../world/world.ts';
import { type FakeTools, os } from './procedures.ts';
import { findStore, usersOfStore } from './store-rows.ts';

/** Credential stores; one that somebody uses stays. */
export function storeRoutes({ world, changed, did }: FakeTools) {
  const row = (one: CredentialStore) => ({
    ...one,
    usedBy: usersOfStore(world, one.id),
    credentials:
      one.kind === 'local' ? world.credentials.filter((each) => each.storeId === one.id).length : null,
  });
  return {
    credentialStores: {
      add: os.credentialStores.add.handler(({ input }) => {
        did('credentialStores.add', input);
        const like = world.stores.find((one) => one.kind === input.kind) ?? findStore(world, 'cs_default');
        const id = `cs_${fakeHash(input.storename).slice(0, 12)}`;
        const added = { ...like, id, name: input.storename, createdAt: Date.now() };
        world.stores.push(added);
        changed('credential-stores');
        return row(added);
      }),
      list: os.credentialStores.list.handler(() => world.stores.map(row)),
      show: os.credentialStores.show.handler(({ input }) => row(findStore(world, input.storename))),
      update: os.credentialStores.update.handler(({ input }) => {
        did('credentialStores.update', input);
        const one = findStore(world, input.storename);
        one.name = input.new_storename ?? one.name;
        changed('credential-stores');
        return row(one);
      }),
      verify: os.credentialStores.verify.handler(async ({ input }) => {
        did('credentialStores.verify', input);
        const one = findStore(world, input.storename);
        await new Promise((resolve) => setTimeout(resolve, 60));
        one.report = { ...(one.report ?? reportOf(one)), at: Date.now() };
        changed('credential-stores');
        return one.report;
      }),
      remove: os.credentialStores.remove.handler(({ input }) => {
        did('credentialStores.remove', input);
        const one = findStore(world, input.storename);
        const users: StoreUser[] = usersOfStore(world, one.id);
        checkUnused(`The credential store "${one.name}"`, 'credential-store.in-use', users);
        world.stores = world.stores.filter((each) => each !== one);
        changed('credential-stores');
        return {};
      }),
    },
  };
}
