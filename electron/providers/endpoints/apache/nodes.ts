import { due } from '#kit/in-slices.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { familyOf, type OnDisk } from '../common/on-disk.ts';
import { addressText } from './listeners.ts';
import { type Around, type Places, placesOf, servesTls } from './places.ts';
import type { Pair, VirtualHost } from './vhosts.ts';

/** A node with what planning needs beside it. */
export interface ApacheNode {
  node: DiscoveredNode;
  host: VirtualHost;
  /** The pair this node is about; null when the host has none. */
  pair: Pair | null;
  places: Places;
}

/** What is known of files and names beside the configuration. */
interface Known extends Around {
  read(path: string): OnDisk | null;
  /** The managed domain of mod_md that a name belongs to; null: none. */
  managedDomain(name: string): string | null;
}

/** One node per virtual host, or one per pair when it has certificates of several kinds: a node holds one certificate. */
export async function nodesOf(known: Known): Promise<ApacheNode[]> {
  const seen = new Map<string, number>();
  const nodes: ApacheNode[] = [];
  for (const host of known.hosts) {
    const plain = keyOf(host);
    const count = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, count);
    nodes.push(...ofHost(known, host, count === 1 ? plain : `${plain} #${count}`));
    const turn = due();
    if (turn !== undefined) await turn;
  }
  return nodes;
}

/** From what identifies the place: addresses and names. Line numbers and files may change. */
function keyOf({ directive, addresses, names }: VirtualHost): string {
  if (directive === null) return 'server';
  const at = addresses.map(({ host, port }) => addressText(host, port)).sort();
  return [[...new Set(at)].join(','), [...names].sort().join(',')].join(' ').trim();
}

function ofHost(known: Known, host: VirtualHost, key: string): ApacheNode[] {
  const pairs = servesTls(host) ? host.pairs : [];
  const places = placesOf(known, host);
  if (pairs.length < 2) return [makeNode(known, { host, pair: pairs[0] ?? null, places }, key, null)];
  const families = pairs.map(({ certificate: { path } }) =>
    familyOf(path === null ? null : known.read(path)),
  );
  return pairs.map((pair, i) => {
    const family = families[i] ?? null;
    const alone = family !== null && families.filter((one) => one === family).length === 1;
    const suffix = alone ? family : `certificate ${i + 1}`;
    const refusal = alone
      ? null
      : 'This virtual host has several certificates with the same or an unknown kind of key, so it is not clear which one to replace.';
    const made = makeNode(known, { host, pair, places }, `${key} ${suffix}`, refusal);
    return { ...made, node: { ...made.node, name: `${made.node.name} (${suffix.toUpperCase()})` } };
  });
}

function makeNode(
  known: Known,
  { host, pair, places }: Omit<ApacheNode, 'node'>,
  key: string,
  refusal: string | null,
): ApacheNode {
  const path = pair?.certificate.path ?? null;
  const disk = path === null ? null : known.read(path);
  const [first, ...others] = host.names;
  // what mod_md has is served in place of the files that are named, as soon as it has it
  const domain = host.names.map(known.managedDomain).find((one) => one !== null);
  const [address] = host.addresses;
  const node: DiscoveredNode = {
    key,
    name: first ?? (address === undefined ? host.place : addressText(address.host, address.port)),
    alias: others.length === 0 ? null : others.join(', '),
    protocol: servesTls(host) ? 'https' : 'http',
    bindings: places.bindings,
    serverNames: host.names,
    certificatePath: path,
    keyPath: pair?.key.path ?? null,
    webRoot: host.webRoot,
    certificate: disk?.facts ?? null,
    chainPem: disk?.chainPem ?? null,
    notInstallable: refusal ?? whyNot(host, pair, places, domain ?? null),
    place: host.place,
    managedBy: domain === undefined || domain === null ? null : modMd(domain),
  };
  return { node, host, pair, places };
}

const modMd = (domain: string) => ({
  who: 'mod_md of Apache',
  evidence: `the configuration has the managed domain ${domain}`,
});

function whyNot(host: VirtualHost, pair: Pair | null, places: Places, domain: string | null): string | null {
  if (host.engine === 'optional')
    return 'This virtual host upgrades plain connections to TLS on request (SSLEngine optional), which cannot be verified.';
  if (!servesTls(host))
    return `This virtual host does not speak TLS; add "SSLEngine on" with a first certificate to ${host.place} and discover again.`;
  if (host.uncertain)
    return `Part of what decides over this virtual host cannot be told for certain (${host.place}), so it is not changed. Where mod_info is installed, Apache itself tells it.`;
  if (domain !== null)
    return `mod_md of Apache gets and renews the certificate of this virtual host itself (managed domain ${domain}), so it is left alone.`;
  const trouble = pair?.certificate.notAFile ?? null;
  if (trouble !== null) return `The certificate of this virtual host cannot be replaced: ${trouble}.`;
  const keyTrouble = pair?.key.notAFile ?? null;
  if (keyTrouble !== null) return `The private key of this virtual host cannot be replaced: ${keyTrouble}.`;
  if (places.proofs.length === 0)
    return `There is no way to prove that a new certificate is served here. ${places.unproved.join(' ')}`.trim();
  return null;
}
