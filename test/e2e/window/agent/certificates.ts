import type { Certificate, RevocationReason } from '#shared/model/certificate.ts';
import { makePlan } from '../world/plan.ts';
import { type FakeTools, need, os } from './procedures.ts';

/** Certificates and the orders they came from. */
export function certificateRoutes({ world, changed, did }: FakeTools) {
  const node = (id: string) => need(world.nodes, (one) => one.id === id, 'node', id, 'trustkeep nodes list');
  const found = (fingerprint: string) =>
    need(
      world.certificates,
      (one) => one.fingerprint === fingerprint,
      'certificate',
      fingerprint,
      'trustkeep certificates list',
    );
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
      show: os.certificates.show.handler(({ input }) => found(input.certificate)),
      request: os.certificates.request.handler(({ input }) => {
        did('certificates.request', input);
        return { taskId: world.tasks.find((task) => task.state === 'running')?.id ?? '' };
      }),
      renew: os.certificates.renew.handler(() => ({ taskId: world.tasks[0]?.id ?? '' })),
      rehearse: os.certificates.rehearse.handler(({ input }) => {
        did('certificates.rehearse', input);
        return rehearsalOf(input);
      }),
      revoke: os.certificates.revoke.handler(({ input }) => {
        did('certificates.revoke', input);
        const certificate = found(input.certificate);
        certificate.revoked = { at: world.now, reason: input.reason };
        changed('certificates');
        return revocationOf(certificate, input.reason, usersOf(certificate.fingerprint));
      }),
      export: os.certificates.export.handler(({ input }) => written(did, input)),
      revokeByKey: os.certificates.revokeByKey.handler(({ input }) => {
        did('certificates.revokeByKey', input);
        return revocationOf(world.certificates[0] as Certificate, input.reason, []);
      }),
      preview: os.certificates.preview.handler(({ input }) => makePlan(world, node(input.node), 'request')),
    },
    orders: {
      list: os.orders.list.handler(({ input: { older_than = Number.POSITIVE_INFINITY, limit } }) =>
        world.orders
          .filter(({ number }) => number < older_than)
          .toSorted((a, b) => b.number - a.number)
          .slice(0, limit),
      ),
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

function rehearsalOf(input: { names?: string[] | undefined; authority?: string | undefined }) {
  const { names = [], authority = '' } = input;
  const host = 'acme-staging-v02.api.letsencrypt.org';
  const checks = [{ name: 'order', ok: true, sentence: `${host} took the order for ${names.join(', ')}.` }];
  return { ok: true, names, authority, host, checks };
}

function written(did: (command: string, input: unknown) => void, input: { path: string }) {
  did('certificates.export', input);
  const sentence = `${input.path} holds 2 certificates.`;
  return { path: input.path, certificates: 2, withKey: false, sentence };
}
