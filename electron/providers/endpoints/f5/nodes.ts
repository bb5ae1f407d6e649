import { inSlices } from '#kit/in-slices.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import type { Binding, DiscoveredNode } from '#shared/model/node.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import { type Place, placesOf } from './places.ts';
import { dialled, usersOf, type View } from './view.ts';
import type { CertificateObject } from './wire.ts';

/** The objects whose certificates are told of the nodes: leaves, and what goes with them. */
export function objectsShown(view: View): CertificateObject[] {
  const named = placesOf(view).flatMap(({ pair }) => [pair?.cert, pair?.chain]);
  return [...new Set(named)].flatMap((path) => view.certificates.get(path ?? '') ?? []);
}

/** Every pair of a profile as a node. `pems`: of its objects, as far as they could be read. Does not hold the loop. */
export async function nodesOf(
  view: View,
  pems: ReadonlyMap<string, string[]>,
  proveBy: 'handshake' | 'object',
): Promise<DiscoveredNode[]> {
  const nodes: DiscoveredNode[] = [];
  await inSlices(placesOf(view), (place) => void nodes.push(nodeOf(view, place, pems, proveBy)));
  return nodes;
}

export function nodeOf(
  view: View,
  place: Place,
  pems: ReadonlyMap<string, string[]>,
  proveBy: 'handshake' | 'object',
): DiscoveredNode {
  const { pair, side, fullPath, serverName, inheritedFrom } = place;
  const [leaf] = pems.get(pair?.cert ?? '') ?? [];
  const certificate = leaf === undefined ? null : readCertificate(leaf);
  const bindings = proveBy === 'object' || side === 'serverSide' ? [] : bindingsOf(view, place);
  return {
    key: place.key,
    name: nameOf(place),
    alias: inheritedFrom === null ? pairName(place) : `inherited from ${inheritedFrom}`,
    protocol: bindings.some(({ port }) => port === 443) ? 'https' : 'tls',
    bindings,
    serverNames: serverName === null ? [...(certificate?.names ?? [])] : [serverName],
    certificatePath: pair?.cert ?? null,
    keyPath: pair?.key ?? null,
    webRoot: null,
    certificate,
    chainPem: leaf === undefined ? null : [leaf, ...(pems.get(pair?.chain ?? '') ?? [])].join(''),
    notInstallable: place.refused,
    place: `${side === 'clientSide' ? 'client-SSL' : 'server-SSL'} profile ${fullPath}`,
    managedBy: null,
  };
}

/** A profile with one pair is known by its own name. */
function nameOf({ fullPath, entry, pairs }: Pick<Place, 'fullPath' | 'entry' | 'pairs'>): string {
  const name = fullPath.replace(/^\/Common\//, '');
  return pairs === 1 ? name : `${name} (${entry})`;
}

const pairName = ({ entry, side }: Place): string | null => (side === 'clientSide' ? entry : null);

/** Each virtual server that is up and whose address can be dialled from elsewhere. */
function bindingsOf(view: View, { fullPath, serverName, isDefault }: Place): Binding[] {
  const isFirst = serverName === null || isDefault;
  return usersOf(view, 'clientSide', fullPath).flatMap((virtual) => {
    const at = dialled(virtual);
    return at === null ? [] : [{ ...at, configured: virtual.destination.text, isDefault: isFirst }];
  });
}

/** The management page: its certificate is watched, and not replaced. */
export function deviceNode(
  pems: readonly string[],
  at: { address: string; port: number },
): DiscoveredNode | null {
  const [leaf] = pems;
  if (leaf === undefined) return null;
  const certificate: CertificateFacts = readCertificate(leaf);
  const binding = { ...at, configured: `${at.address}:${at.port}`, isDefault: true };
  return {
    ...{ key: 'device', name: 'Device certificate', alias: null, protocol: 'https', bindings: [binding] },
    ...{ serverNames: [...certificate.names], certificatePath: null, keyPath: null, webRoot: null },
    ...{ certificate, chainPem: pems.join(''), place: 'the management page', managedBy: null },
    notInstallable:
      'The certificate of the management page is also what devices and monitors trust each other by, so Trustkeep does not replace it: use System, Certificate Management, Device Certificate on the BIG-IP.',
  };
}
