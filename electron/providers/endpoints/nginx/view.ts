import { posix } from 'node:path';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readComposition } from '../common/composition.ts';
import { type ReadPem, readPemFiles } from '../common/read-pem.ts';
import type { Program } from './commands.ts';
import { type NginxNode, nodesOf, type OnDisk } from './nodes.ts';
import type { Configuration } from './parse.ts';
import { type Server, serversOf } from './servers.ts';
import { otherFiles } from './sharing.ts';

/** Everything read at one moment. */
export interface View {
  program: Program;
  configuration: Configuration;
  servers: Server[];
  nodes: NginxNode[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
}

/** What the configuration says of servers and nodes, with the certificates its files hold. */
export async function readView(
  connection: HostConnection,
  program: Program,
  configuration: Configuration,
): Promise<View> {
  const asPrinted = serversOf(configuration, (path) => path);
  const paths = asPrinted.flatMap((server) =>
    server.pairs.flatMap((pair) => [pair.certificate.path, pair.key?.path ?? null]),
  );
  const named = paths.filter((path) => path !== null);
  const links = [...configuration.files.keys(), ...otherFiles(configuration).map(({ path }) => path)];
  const files = await readPemFiles(connection, named, links);
  const real = (path: string) => files.get(path)?.realPath ?? posix.normalize(path);
  const servers = serversOf(configuration, real);
  const read = memoized((path) => readLeaf(files.get(path)));
  const nodes = nodesOf(servers, connection.dialAddress, read);
  return { program, configuration, servers, nodes, real, read };
}

function memoized<T>(make: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const made = make(path);
    known.set(path, made);
    return made;
  };
}

function readLeaf(file: ReadPem | undefined): OnDisk | null {
  try {
    const chain = readComposition(file?.text ?? '').certificates;
    const leaf = chain[0];
    return leaf === undefined ? null : { facts: readCertificate(leaf), chainPem: chain.join('') };
  } catch {
    return null;
  }
}
