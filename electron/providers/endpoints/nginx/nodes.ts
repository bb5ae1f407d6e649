import { atOnce } from '#kit/in-slices.ts';
import type { DiscoveredNode, NodeProtocol } from '#shared/model/node.ts';
import { familyOf, type OnDisk } from '../common/on-disk.ts';
import { type Places, placesOf, servesTls } from './places.ts';
import type { Pair, Server } from './servers.ts';

/** A node with what planning needs beside it. */
export interface NginxNode {
  node: DiscoveredNode;
  server: Server;
  /** The pair this node is about; null when the block has none. */
  pair: Pair | null;
  places: Places;
}

/** As `readingNodes`, at once. @internal */
export const nodesOf = (...given: Parameters<typeof readingNodes>): NginxNode[] =>
  atOnce(readingNodes(...given));

/**
 * One node per server block, or one per pair when a block has certificates of several kinds (RSA beside ECDSA): a node
 * holds one certificate. `read` gives what lies at a path. In steps, which may be many.
 */
export function* readingNodes(
  servers: readonly Server[],
  dialAddress: string,
  read: (path: string) => OnDisk | null,
): Generator<undefined, NginxNode[]> {
  const seen = new Map<string, number>();
  const unique = (key: string) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key} #${count}`;
  };
  const nodes: NginxNode[] = [];
  for (const server of servers) {
    yield;
    nodes.push(...ofServer(servers, server, unique(keyOf(server)), dialAddress, read));
  }
  return nodes;
}

function ofServer(
  servers: readonly Server[],
  server: Server,
  key: string,
  dialAddress: string,
  read: (path: string) => OnDisk | null,
): NginxNode[] {
  const pairs = servesTls(server) ? server.pairs : [];
  if (pairs.length < 2) return [makeNode(servers, server, pairs[0] ?? null, key, dialAddress, read, null)];
  const families = pairs.map((pair) => familyOf(diskOf(pair, read)));
  return pairs.map((pair, i) => {
    const family = families[i] ?? null;
    const alone = family !== null && families.filter((one) => one === family).length === 1;
    const suffix = alone ? family : `certificate ${i + 1}`;
    const refusal = alone
      ? null
      : 'This server block has several certificates with the same or an unknown kind of key, so it is not clear which one to replace.';
    const made = makeNode(servers, server, pair, `${key} ${suffix}`, dialAddress, read, refusal);
    return { ...made, node: { ...made.node, name: `${made.node.name} (${suffix.toUpperCase()})` } };
  });
}

const diskOf = (pair: Pair | null, read: (path: string) => OnDisk | null): OnDisk | null => {
  const path = pair?.certificate.path ?? null;
  return path === null ? null : read(path);
};

/** From what identifies the place: context, addresses and names. Line numbers and files may change. */
function keyOf(server: Server): string {
  const listens = [
    ...server.listens.map((one) => one.configured),
    ...server.skipped.map(({ reason }) => reason),
  ].sort();
  return [server.context, [...new Set(listens)].join(','), [...server.names].sort().join(',')].join(' ');
}

function makeNode(
  servers: readonly Server[],
  server: Server,
  pair: Pair | null,
  key: string,
  dialAddress: string,
  read: (path: string) => OnDisk | null,
  refusal: string | null,
): NginxNode {
  const disk = diskOf(pair, read);
  const places = placesOf(servers, server, dialAddress, disk?.facts.names ?? []);
  const named = server.names.filter((name) => name !== '' && name !== '_');
  const [first, ...others] = named;
  const node: DiscoveredNode = {
    key,
    name: first ?? server.listens[0]?.address ?? server.place,
    alias: others.length === 0 ? null : others.join(', '),
    protocol: protocolOf(server),
    bindings: places.bindings,
    serverNames: server.names,
    certificatePath: pair?.certificate.path ?? null,
    keyPath: pair?.key?.path ?? null,
    webRoot: server.webRoot ?? webRootByName(servers, server),
    certificate: disk?.facts ?? null,
    chainPem: disk?.chainPem ?? null,
    notInstallable: refusal ?? whyNot(server, pair, places),
    place: server.place,
    managedBy: null,
  };
  return { node, server, pair, places };
}

function protocolOf(server: Server): NodeProtocol {
  const tls = servesTls(server);
  if (server.context === 'http') return tls ? 'https' : 'http';
  const { mail, startTls } = server;
  if (mail === null) return tls ? 'tls' : 'stream';
  if (startTls !== null) return `${mail}-starttls`;
  return tls ? `${mail}s` : mail;
}

/** Outside `http {}` nothing answers a challenge by HTTP: the block there that has one of the names does. */
function webRootByName(servers: readonly Server[], { context, names }: Server): string | null {
  if (context === 'http') return null;
  const web = servers.find((one) => one.context === 'http' && one.names.some((name) => names.includes(name)));
  return web?.webRoot ?? null;
}

function whyNot(server: Server, pair: Pair | null, places: Places): string | null {
  if (!servesTls(server))
    return server.context === 'http'
      ? `This server block has no ssl listener; add "listen 443 ssl" with a first certificate to ${server.place} and discover again.`
      : `This ${server.context} server block has no ssl listener; add "ssl" to its listen directive and a first certificate to ${server.place}, then discover again.`;
  if (server.rejectsHandshakes)
    return 'This server block refuses every TLS handshake (ssl_reject_handshake), so it serves no certificate.';
  const certificate = pair?.certificate.notAFile ?? null;
  if (certificate !== null) return `The certificate of this server block cannot be replaced: ${certificate}.`;
  if (pair !== null && pair.key === null) return 'This server block has a certificate but no private key.';
  const key = pair?.key?.notAFile ?? null;
  if (key !== null) return `The private key of this server block cannot be replaced: ${key}.`;
  if (places.proofs.length === 0)
    return `There is no way to prove that a new certificate is served here. ${places.unproved.join(' ')}`.trim();
  return null;
}
