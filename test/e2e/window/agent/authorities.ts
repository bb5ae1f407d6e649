import { Failure } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import { testReport } from '../world/authorities.ts';
import { fakePem } from '../world/certificates.ts';
import { fakeHash, type World } from '../world/world.ts';
import { type FakeTools, need, os } from './procedures.ts';

const account = {
  ...{ url: 'https://acme.example/acct/4711', status: 'valid', contact: ['mailto:tls@shop.example'] },
  ...{ thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs', eabKeyId: null },
};

/** Authorities; one that somebody uses stays. */
export function authorityRoutes({ world, changed, did }: FakeTools) {
  const find = (name: string): Authority =>
    need(
      world.authorities,
      (one) => one.id === name || one.name === name,
      'authority',
      name,
      'trustkeep authorities list',
    );
  return {
    authorities: {
      add: os.authorities.add.handler(({ input }) => {
        did('authorities.add', input);
        return find('local');
      }),
      list: os.authorities.list.handler(() => world.authorities),
      show: os.authorities.show.handler(({ input }) => find(input.authority)),
      update: os.authorities.update.handler(({ input }) => {
        did('authorities.update', input);
        return find(input.authority);
      }),
      remove: os.authorities.remove.handler(({ input }) => {
        did('authorities.remove', input);
        const removed = find(input.authority);
        refuseUsed(removed, usersOf(world, removed.id));
        world.authorities = world.authorities.filter((one) => one !== removed);
        changed('authorities');
        return {};
      }),
      test: os.authorities.test.handler(({ input }) => testReport(find(input.authority))),
      accountShow: os.authorities.accountShow.handler(() => ({ account })),
      accountUpdate: os.authorities.accountUpdate.handler(({ input }) => {
        did('authorities.accountUpdate', input);
        return account;
      }),
      accountRollKey: os.authorities.accountRollKey.handler(({ input }) => {
        did('authorities.accountRollKey', input);
        return { ...account, thumbprint: 'vX9rTQ2pJm0c5o1yW7Kq3uGz8LhSdNfA4bEiRkPxYwM' };
      }),
      accountDeactivate: os.authorities.accountDeactivate.handler(({ input }) => {
        did('authorities.accountDeactivate', input);
        return { ...account, status: 'deactivated' };
      }),
      accountRegister: os.authorities.accountRegister.handler(({ input }) => {
        did('authorities.accountRegister', input);
        return { ...account, url: 'https://acme.example/acct/4712' };
      }),
      accountImport: os.authorities.accountImport.handler(({ input }) => {
        did('authorities.accountImport', input);
        return { account, client: 'certbot', keyFile: `${input.path}/private_key.json` };
      }),
      root: os.authorities.root.handler(() => ({ pem: fakePem, fingerprint: fakeHash('root') })),
    },
  };
}

function usersOf(world: World, id: string): string[] {
  const open = world.orders.filter(
    (one) => one.authorityId === id && one.state !== 'collected' && one.state !== 'refused',
  );
  return open.map((one) => `order ${one.number} (${one.state})`);
}

function refuseUsed({ name }: Authority, users: readonly string[]): void {
  if (users.length === 0) return;
  const some = users.slice(0, 3).join(', ');
  throw new Failure('authority.in-use', `The authority "${name}" is used by ${some}.`, {
    hint: 'For endpoints, name another authority or clear the fall-back first; orders have to end first.',
  });
}
