import { described } from '#shared/model/connection.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { InstallPlan, Plan } from '#shared/model/plan.ts';
import { installInFile } from './plan-file.ts';
import { installInNginx } from './plan-nginx.ts';
import { fakeHash, type World } from './world.ts';

/** What is planned for a node. A hash of its content stands for the fingerprint: a page has no cryptography of Node. */
export function makePlan(world: World, target: EndpointNode, reason: Plan['reason']): Plan {
  const named = target.name.endsWith('.internal') ? 'local' : 'Sectigo';
  const authority = world.authorities.find((one) => one.name === named) ?? world.authorities[0];
  if (authority === undefined) throw new Error('authority');
  const endpoint = world.endpoints.find((one) => one.id === target.endpointId);
  const install: InstallPlan = endpoint?.type === 'pem' ? installInFile(target) : installInNginx(target);
  return {
    fingerprintVersion: 3,
    endpointId: target.endpointId,
    endpointName: target.endpointName,
    nodeId: target.id,
    nodeName: target.name,
    reason,
    names: target.serverNames,
    keyType: 'ec-p256',
    keyPlace: {
      where: 'endpoint',
      why: 'The endpoint has OpenSSL 3.0.15: the private key is generated there and never leaves it.',
    },
    authority: { id: authority.id, name: authority.name, kind: authority.kind },
    terms: { profile: null, days: 90 },
    bound: {
      connection: endpoint === undefined ? '' : described(endpoint.connection),
      endpoint: 'e'.repeat(64),
      authority: 'a'.repeat(64),
    },
    install,
    fingerprint: fakeHash(`plan${target.id}${reason}`),
  };
}
