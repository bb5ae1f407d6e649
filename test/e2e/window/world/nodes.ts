import type { Manager } from '#shared/model/manager.ts';
import type { EndpointNode, ServedFact, ServedState } from '#shared/model/node.ts';
import {
  certificateManagers,
  type Managed,
  managedAs,
} from '../../../../electron/providers/endpoints/common/certificate-managers.ts';
import { certificateOf } from './certificates.ts';
import type { EndpointSpec, NodeSpec } from './endpoint-specs.ts';
import { day, fakeHash, minute, type World } from './world.ts';

/** A node as discovery tells it; its certificate is added to the world. */
export function makeNode(
  world: World,
  endpointId: string,
  spec: EndpointSpec,
  node: NodeSpec,
  index: number,
): EndpointNode {
  const { now } = world;
  const name = node.names[0] === '_' ? node.at[0] : node.names[0];
  const certificate = node.left === null ? null : certificateOf(world, node);
  const place =
    spec.type === 'nginx'
      ? `/etc/nginx/sites-enabled/${spec.name}:${3 + index * 22}`
      : pemPaths(spec).certificatePath;
  return {
    id: `node_${fakeHash(`${spec.name}${index}`).slice(0, 12)}`,
    endpointId,
    endpointName: spec.name,
    key: `${spec.name}:${index}`,
    name: name ?? place,
    alias: node.alias ?? null,
    protocol: node.left === null ? 'http' : 'https',
    bindings: node.at.map((at, order) => binding(at, order === 0 && index === 0)),
    serverNames: node.names,
    ...pathsOf(spec, node),
    webRoot: spec.type === 'nginx' ? `/var/www/${node.names[0]?.split('.')[0]}` : null,
    certificate,
    notInstallable: whyNot(node, place),
    place,
    managedBy: spec.byCertbot ? byCertbot(spec) : null,
    orderNumber: node.order ?? null,
    revoked: false,
    served: served(node, certificate?.fingerprint ?? null, now - 17 * minute),
    restartRequired: false,
    missingSince: node.gone ? now - 4 * day : null,
    discoveredAt: now - 95 * minute,
  };
}

function pathsOf(spec: EndpointSpec, { names, left }: NodeSpec) {
  if (left === null) return { certificatePath: null, keyPath: null };
  const own = (names[0] ?? '').replaceAll('*', '_');
  if (spec.type === 'pem') return pemPaths(spec);
  const directory = `/etc/nginx/tls/${own}`;
  return { certificatePath: `${directory}/fullchain.pem`, keyPath: `${directory}/key.pem` };
}

export function pemPaths({ name, host = name, byCertbot }: EndpointSpec) {
  const [directory, key] = byCertbot
    ? [`/etc/letsencrypt/live/${host}`, 'privkey.pem']
    : [`/etc/ssl/${name}`, 'key.pem'];
  return { certificatePath: `${directory}/fullchain.pem`, keyPath: `${directory}/${key}` };
}

function byCertbot(spec: EndpointSpec): Manager {
  const { who, evidence } = certbotAt(pemPaths(spec).certificatePath);
  return { who, evidence };
}

/** certbot renews the certificate at this path. */
export function certbotAt(path: string): Managed {
  const certbot = certificateManagers.find(({ who }) => who === 'certbot');
  const [note] = certbot?.notes(path) ?? [];
  if (certbot === undefined || note === undefined) throw new Error(path);
  return managedAs(certbot, note);
}

function whyNot({ left, variable }: NodeSpec, place: string): string | null {
  if (variable !== undefined)
    return `The certificate of this server block cannot be replaced: its path contains a variable (${variable}).`;
  if (left !== null) return null;
  return `This server block has no ssl listener; add "listen 443 ssl" with a first certificate to ${place} and discover again.`;
}

function served(
  { left, at, served: state = 'same' }: NodeSpec,
  own: string | null,
  when: number,
): ServedFact {
  if (left === null)
    return { state: 'unknown', fingerprint: null, sentence: 'Serves without TLS.', at: when };
  const shown = state === 'same' ? own : isOther(state) ? fakeHash(`shown:${at[0]}`) : null;
  return { state, fingerprint: shown, sentence: servedSentence(state, at[0] ?? '', shown), at: when };
}

const isOther = (state: ServedState): boolean => state === 'previous' || state === 'other';

function servedSentence(state: ServedState, place: string, shown: string | null): string {
  if (state === 'same') return 'It serves the certificate on disk.';
  if (state === 'unreachable') return `${place} did not answer within 5000 ms.`;
  if (state === 'unknown') return 'It has not been verified yet.';
  return `It serves certificate ${shown?.slice(0, 16)}…, not the one on disk.`;
}

function binding(at: string, isDefault: boolean) {
  const colon = at.lastIndexOf(':');
  return {
    address: at.slice(0, colon).replace(/[[\]]/g, ''),
    port: Number(at.slice(colon + 1)),
    configured: at,
    isDefault,
  };
}
