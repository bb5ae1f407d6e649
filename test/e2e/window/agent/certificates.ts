import type { Certificate, RevocationReason } from '#shared/model/certificate.ts';
import { makePlan } from '../world/plan.ts';
import { type FakeTools, need, os } from './procedures.ts';

/** Certificates and the orders they came from. */
export function certificateRoutes({ world, changed, did }: FakeTools) {
  const node = (id: string) => need(world.nodes, (one) => one.id === id, 'node', id, 'trustkeep nodes list');
  const usersOf = (fingerprint: string) =>
    world.nodes
      .filter(({ certificate }) => certificate?.fingerprint === fingerprint)
      .map(({ id, endpointName, name }) => ({ nodeId: id, name: `${endpointName} / ${name}` }));
  return {
    certificates: {
      list: os.certificates.list.handler(() =>
        world.certificates.map(({ chainPem: _chain, ...rest }) => ({
          ...rest,
          usedBy: usersOf(rest.fingerprint),
        })),
      ),
      show: os.certificates.show.handler(({ input }) =>
        need(
          world.certificates,
          (one) => one.fingerprint === input.certificate,
          'certificate',
          input.certificate,
          'trustkeep certificates list',
        ),
      ),
      request: os.certificates.request.handler(({ input }) => {
        did('certificates.request', input);
        return { taskId: world.tasks.find((task) => task.state === 'running')?.id ?? '' };
      }),
      renew: os.certificates.renew.handler(() => ({ taskId: world.tasks[0]?.id ?? '' })),
      revoke: os.certificates.revoke.handler(({ input }) => {
        did('certificates.revoke', input);
        const found = need(
          world.certificates,
          (one) => one.fingerprint === input.certificate,
          'certificate',
          input.certificate,
          'trustkeep certificates list',
        );
        found.revoked = { at: world.now, reason: input.reason };
        changed('certificates');
        return revocationOf(found, input.reason, usersOf(found.fingerprint));
      }),
      revokeByKey: os.certificates.revokeByKey.handler(({ input }) => {
        did('certificates.revokeByKey', input);
        return revocationOf(world.certificates[0] as Certificate, input.reason, []);
      }),
      preview: os.certificates.preview.handler(({ input }) => makePlan(world, node(input.node), 'request')),
    },
    orders: {
      list: os.orders.list.handler(() => world.orders.toSorted((a, b) => b.number - a.number)),
      show: os.orders.show.handler(({ input: { number } }) =>
        need(world.orders, (one) => one.number === number, 'order', String(number), 'trustkeep orders list'),
      ),
    },
  };
}

/** As if every user still served it. */
function revocationOf(
  { fingerprint, names }: Certificate,
  reason: RevocationReason,
  users: readonly { nodeId: string; name: string }[],
) {
  const sentence = 'It serves the certificate on disk.';
  return {
    ...{ fingerprint, names, reason, authority: 'letsencrypt', already: false },
    inUse: users.map((user) => ({ ...user, served: true, sentence })),
  };
}
