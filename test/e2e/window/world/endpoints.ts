import type { ConnectionSettings } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointSpec } from './endpoint-specs.ts';
import { makeNode, pemPaths } from './nodes.ts';
import { checksOf, programCheck } from './probes.ts';
import { day, fakeHash, hour, minute, type World } from './world.ts';

/** An endpoint with its nodes and their certificates. */
export function addEndpoint(world: World, spec: EndpointSpec): void {
  const { now } = world;
  const id = `ep_${fakeHash(spec.name).slice(0, 12)}`;
  const reachedBy = connection(spec.host, spec.login);
  world.endpoints.push({
    id,
    name: spec.name,
    type: spec.type,
    connection: reachedBy,
    settings: settings(spec),
    policy: { autoApprove: spec.name === 'ci-runner', autoRenew: true, authorityId: null, keyType: null },
    probe: {
      ok: spec.broken === undefined,
      version: spec.type === 'pem' || spec.version === null ? null : 'nginx/1.26.2',
      checks: checksOf(spec, reachedBy),
      at: now - 2 * hour,
    },
    discoveredAt: spec.undiscovered ? null : now - 95 * minute,
    createdAt: now - 36 * day,
    updatedAt: now - 6 * day,
  });
  spec.nodes.forEach((node, index) => {
    world.nodes.push(makeNode(world, id, spec, node, index));
  });
}

function connection(host: string | undefined, login: EndpointSpec['login']): ConnectionSettings {
  if (host === undefined) return { type: 'local' };
  return {
    type: 'ssh',
    host,
    port: host.startsWith('10.20.9') ? 2222 : 22,
    user: login === undefined ? 'trustkeep' : '',
    auth: login === undefined ? 'private-key' : 'credential-store',
    hostKey: 'SHA256:0Yw6qk1sE9cWm3lFvJ8rTzN2bHaPdXuKgQyZ4oMiC5E',
    store: login?.[0] ?? null,
    storeCredentialId: login?.[1] ?? null,
  };
}

function settings(spec: EndpointSpec): Endpoint['settings'] {
  if (spec.type === 'nginx') return { type: 'nginx', nginxConfigPath: null, nginxPath: null };
  return {
    type: 'pem',
    ...filesOf(spec),
    servedAt: null,
    installScript: null,
    restartScript: '/usr/local/sbin/reload-tls',
  };
}

function filesOf(spec: EndpointSpec) {
  const { certificatePath, keyPath } = pemPaths(spec);
  return { path: certificatePath, keyPath };
}

/** What one is made like that is the first of its type. */
export function exampleEndpoint(now: number): Endpoint {
  return {
    id: 'ep_example',
    name: 'example',
    type: 'nginx',
    connection: { type: 'local' },
    settings: { type: 'nginx', nginxConfigPath: null, nginxPath: null },
    policy: { autoApprove: false, autoRenew: true, authorityId: null, keyType: null },
    probe: { ok: true, version: 'nginx/1.26.2', checks: [programCheck], at: now },
    discoveredAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
