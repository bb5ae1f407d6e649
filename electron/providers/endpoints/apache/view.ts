import { posix } from 'node:path';
import { inSlices } from '#kit/in-slices.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { leavesOf, type OnDisk } from '../common/on-disk.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { type Configuration, fullPath } from './commands.ts';
import { walk } from './dump.ts';
import { textsOf } from './lines.ts';
import { type Listener, listenersOf } from './listeners.ts';
import { type ApacheNode, nodesOf } from './nodes.ts';
import type { Program } from './program.ts';
import { fileNamedBy } from './sharing.ts';
import { type VirtualHost, virtualHostsOf } from './vhosts.ts';

/** Everything read at one moment. */
export interface View {
  program: Program;
  configuration: Configuration;
  hosts: VirtualHost[];
  listeners: Listener[];
  nodes: ApacheNode[];
  /** Where a path leads: two names of one file give the same. */
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
  /** Of the certificate or key file there, the content of private keys left out; null: it was not read. */
  text: (realPath: string) => string | null;
}

/** What the configuration says of virtual hosts and nodes, with the certificates its files hold. */
export async function readView(
  connection: HostConnection,
  program: Program,
  configuration: Configuration,
): Promise<View> {
  const named = await namedFiles(configuration);
  const files = await readPemFiles(connection, named.pem, [...configuration.files, ...named.others]);
  const real = (path: string) => files.get(path)?.realPath ?? posix.normalize(path);
  const hosts = await virtualHostsOf(configuration, real);
  const read = await leavesOf(files);
  const listeners = listenersOf(configuration.tree);
  const { dialAddress } = connection;
  const nodes = await nodesOf({ hosts, listeners, dialAddress, read, managedDomain: named.domain });
  const texts = new Map([...files.values()].map(({ realPath, text }) => [realPath, text]));
  const text = (realPath: string) => texts.get(realPath) ?? null;
  return { program, configuration, hosts, listeners, nodes, real, read, text };
}

/** What directives name: files of certificates and keys, files of other kinds, and managed domains. */
async function namedFiles(configuration: Configuration) {
  const pem = new Set<string>();
  const others = new Set<string>();
  const domains = new Map<string, string>();
  await inSlices(walk(configuration.tree), ({ name, args }) => {
    if (/^sslcertificate\w*$/.test(name)) {
      const [value = ''] = textsOf(args);
      if (value !== '' && !/^\w+:/.test(value)) pem.add(fullPath(value, configuration));
    } else if (name.startsWith('md')) putDomain(domains, name, args);
    else {
      const path = fileNamedBy({ name, args }, configuration);
      if (path !== null) others.add(path);
    }
  });
  return {
    ...{ pem: [...pem], others: [...others] },
    domain: (name: string) => domains.get(name) ?? null,
  };
}

/** `MDomain name…`, `<MDomain name…>` and `<MDomainSet name…>`: the first name is the domain's own. */
function putDomain(domains: Map<string, string>, name: string, args: string): void {
  if (name !== 'mdomain' && name !== 'mdomainset') return;
  const [first = '', ...others] = textsOf(args).map((one) => one.toLowerCase());
  for (const one of [first, ...others]) if (one !== 'auto' && one !== 'manual') domains.set(one, first);
}
