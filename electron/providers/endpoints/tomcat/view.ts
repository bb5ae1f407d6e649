import { posix } from 'node:path';
import type { DiscoveredNode } from '#shared/model/node.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readComposition } from '../common/composition.ts';
import { type Managers, managerOf } from '../common/managers.ts';
import type { OnDisk } from '../common/on-disk.ts';
import { type ReadPem, readPemFiles } from '../common/read-pem.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { fileOf } from './file-of.ts';
import { locate, type TomcatPlace } from './host-place.ts';
import { nodesOf, type PemFiles, type TomcatNode } from './nodes.ts';
import { isStore, storesOf } from './stores.ts';
import { webRootsOf } from './web-roots.ts';

/** Everything read at one moment. */
export interface View {
  place: TomcatPlace;
  configuration: Configuration;
  nodes: TomcatNode[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
  /** Of a PEM file there, the content of private keys left out; null: it was not read. */
  text: (path: string) => string | null;
}

/** What a Tomcat is configured to serve, with the certificates its files hold. `known`: where it was found before. */
export async function readView(
  connection: HostConnection,
  directory: string,
  known: TomcatPlace | null = null,
): Promise<View> {
  const place = await locate(connection, directory, known);
  const configuration = await readConfiguration(connection, place);
  const files = await readPemFiles(connection, pemPaths(configuration, place.base), [
    ...configuration.files.keys(),
    place.base,
  ]);
  const text = (path: string) => files.get(path)?.text ?? null;
  const stores = await storesOf(connection, configuration, place.base);
  const places = new Map(
    [...stores.values()].flatMap((one) => (isStore(one) ? [[one.path, one.on.realPath] as const] : [])),
  );
  const real = (path: string) => files.get(path)?.realPath ?? places.get(path) ?? posix.normalize(path);
  const reading = { pem: (pem: PemFiles) => onDisk(files, pem), stores };
  const nodes = nodesOf(configuration, place.base, connection.dialAddress, reading);
  return { place, configuration, nodes, real, text };
}

function pemPaths({ connectors }: Configuration, base: string): string[] {
  const certificates = connectors.flatMap(({ hosts }) => hosts.flatMap((host) => host.certificates));
  const named = certificates.flatMap(({ values }) =>
    (['certificateFile', 'keyFile', 'chainFile'] as const).map((meaning) => values.get(meaning)?.text),
  );
  const paths = named.flatMap((text) => (typeof text === 'string' && text !== '' ? fileOf(text, base) : []));
  return [...new Set(paths.filter((path) => path !== null))];
}

/** The certificate file first, then what its chain file adds. */
function onDisk(files: ReadonlyMap<string, ReadPem>, { certificate, chain }: PemFiles): OnDisk | null {
  const certificates = (path: string) => readComposition(files.get(path)?.text ?? '').certificates;
  try {
    const own = certificates(certificate);
    const [leaf] = own;
    if (leaf === undefined) return null;
    const rest = chain === null ? [] : certificates(chain).filter((pem) => !own.includes(pem));
    return { facts: readCertificate(leaf), chainPem: [...own, ...rest].join('') };
  } catch {
    return null;
  }
}

/** Where something of ours may lie: beside what is configured. */
export function directoriesOf({ configuration, nodes, real }: View): string[] {
  const paths = [...configuration.files.keys()];
  for (const { pem, store } of nodes) {
    if (pem !== null) paths.push(pem.certificate, pem.key, ...(pem.chain === null ? [] : [pem.chain]));
    if (store !== null) paths.push(store.path);
  }
  const above = new Set(paths.map((path) => posix.dirname(real(path))));
  return [...above].flatMap((directory) =>
    // files of our own lie one level deeper; their new key was made in the directory above it
    posix.basename(directory) === 'trustkeep' ? [directory, posix.dirname(directory)] : [directory],
  );
}

/** Where new keys are made: beside those in PEM that can be replaced, else beside the configuration. */
export function keyDirectoriesOf({ configuration, nodes, real }: View): string[] {
  const keys = nodes.flatMap(({ node, pem }) =>
    pem === null || node.notInstallable !== null ? [] : [posix.dirname(real(pem.key))],
  );
  return keys.length === 0 ? [posix.dirname(real(configuration.path))] : keys;
}

/** The nodes as they are discovered: with who manages them, and where files are put that Tomcat serves. */
export async function discovered(
  connection: HostConnection,
  { nodes, configuration, place }: View,
  managers: Managers,
): Promise<DiscoveredNode[]> {
  const webRoot = await webRootsOf(connection, configuration, place.base);
  return nodes.map(({ node, connector, host }) => ({
    ...node,
    managedBy: managerOf(node, managers),
    webRoot: webRoot(connector.element, host.name),
  }));
}
