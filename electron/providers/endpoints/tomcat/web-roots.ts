import { posix } from 'node:path';
import type { HostConnection } from '../../connections/connection.ts';
import type { Configuration } from './configuration.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** Where files are put that Tomcat serves under a name; null: it is not known. */
type WebRoots = (connector: XmlElement, name: string) => string | null;

interface WebHost {
  engine: string;
  names: string[];
  isDefault: boolean;
  appBase: string;
}

/** The `ROOT` application of each virtual host, where it is a directory and nothing else is deployed in its place. */
export async function webRootsOf(
  connection: HostConnection,
  { document, read }: Configuration,
  base: string,
): Promise<WebRoots> {
  const roots = new Map<WebHost, string>();
  const byService = new Map<XmlElement, WebHost[]>();
  for (const service of childrenOf(document.root, 'Service')) {
    const hosts = childrenOf(service, 'Engine').flatMap((engine) => hostsOf(engine, read));
    byService.set(service, hosts);
    for (const host of hosts) {
      const path = posix.resolve(base, host.appBase, 'ROOT');
      const elsewhere = posix.join(base, 'conf', host.engine, host.names[0] ?? '', 'ROOT.xml');
      const [facts, other] = await Promise.all([connection.stat(path), connection.stat(elsewhere)]);
      if (facts?.kind === 'directory' && other === null) roots.set(host, path);
    }
  }
  return (connector, name) => {
    const hosts = connector.parent === null ? [] : (byService.get(connector.parent) ?? []);
    const host = hosts.find(({ names }) => names.includes(name)) ?? hosts.find(({ isDefault }) => isDefault);
    return host === undefined ? null : (roots.get(host) ?? null);
  };
}

function hostsOf(engine: XmlElement, read: Configuration['read']): WebHost[] {
  const value = (element: XmlElement, name: string) => {
    const found = element.attributes.get(name);
    return found === undefined ? null : read(found.value).text;
  };
  const usual = value(engine, 'defaultHost')?.toLowerCase() ?? null;
  return childrenOf(engine, 'Host').flatMap((host) => {
    const name = value(host, 'name')?.toLowerCase();
    if (name === undefined) return [];
    const appBase = value(host, 'appBase') ?? 'webapps';
    return [{ engine: value(engine, 'name') ?? '', names: [name], isDefault: name === usual, appBase }];
  });
}
