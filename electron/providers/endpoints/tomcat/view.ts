import { posix } from 'node:path';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readComposition } from '../common/composition.ts';
import type { OnDisk } from '../common/on-disk.ts';
import { type ReadPem, readPemFiles } from '../common/read-pem.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { locate, type TomcatPlace } from './host-place.ts';
import { fileOf, nodesOf, type PemFiles, type TomcatNode } from './nodes.ts';

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
  const real = (path: string) => files.get(path)?.realPath ?? posix.normalize(path);
  const text = (path: string) => files.get(path)?.text ?? null;
  const nodes = nodesOf(configuration, place.base, connection.dialAddress, (pem) => onDisk(files, pem));
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
