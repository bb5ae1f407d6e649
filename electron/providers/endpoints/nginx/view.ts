import { posix } from 'node:path';
import { due, paced } from '#kit/in-slices.ts';
import { ipText } from '../../../pki/ip.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { leavesOf, type OnDisk } from '../common/on-disk.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { isHostName, type Listen } from './listen.ts';
import { type NginxNode, readingNodes } from './nodes.ts';
import type { Configuration } from './parse.ts';
import type { Program } from './program.ts';
import { type Names, readingServers, type Server } from './servers.ts';
import { findingOtherFiles } from './sharing.ts';

/** Everything read at one moment. */
export interface View {
  program: Program;
  configuration: Configuration;
  servers: Server[];
  nodes: NginxNode[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
  /** Of the certificate or key file there, the content of private keys left out; null: it was not read. */
  text: (realPath: string) => string | null;
}

/** What the configuration says of servers and nodes, with the certificates its files hold. */
export async function readView(
  connection: HostConnection,
  program: Program,
  configuration: Configuration,
): Promise<View> {
  const asPrinted = await paced(readingServers(configuration, asWritten));
  await due();
  const paths = asPrinted.flatMap((server) =>
    server.pairs.flatMap((pair) => [pair.certificate.path, pair.key?.path ?? null]),
  );
  const named = paths.filter((path) => path !== null);
  const others = await paced(findingOtherFiles(configuration));
  const links = [...configuration.files.keys(), ...others.map(({ path }) => path)];
  const files = await readPemFiles(connection, named, links);
  const real = (path: string) => files.get(path)?.realPath ?? posix.normalize(path);
  const hosts = await addressesOf(connection, asPrinted.flatMap(({ listens }) => listens).filter(isHostName));
  const addresses = (host: string) => hosts.get(host) ?? null;
  const servers = await paced(readingServers(configuration, { real, addresses }));
  const read = await leavesOf(files);
  const nodes = await paced(readingNodes(servers, connection.dialAddress, read));
  const texts = new Map([...files.values()].map(({ realPath, text }) => [realPath, text]));
  const text = (realPath: string) => texts.get(realPath) ?? null;
  return { program, configuration, servers, nodes, real, read, text };
}

/** Names mean what they say, and hosts have no addresses. */
const asWritten: Names = { real: (path) => path, addresses: () => null };

/** Nobody writes more names than these where numbers belong. */
const mostHosts = 50;

/** As the resolver of the endpoint knows them, which is what nginx asks. A name it does not know is left out. */
async function addressesOf(
  connection: HostConnection,
  listens: readonly Listen[],
): Promise<Map<string, string[]>> {
  const names = [...new Set(listens.map(({ host }) => host))].slice(0, mostHosts);
  const found = names.map(async (name): Promise<[string, string[]]> => {
    const { code, stdout } = await connection.exec({ argv: ['getent', 'ahosts', name] });
    const lines = code === 0 ? stdout.toString('utf8').split('\n') : [];
    return [name, lines.map((line) => line.split(' ')[0] ?? '').filter((text) => ipText(text) !== null)];
  });
  return new Map((await Promise.all(found)).filter(([, addresses]) => addresses.length > 0));
}
