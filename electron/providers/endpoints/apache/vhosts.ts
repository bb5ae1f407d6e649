import { due } from '#kit/in-slices.ts';
import { type Configuration, fullPath } from './commands.ts';
import { type Directive, flat } from './dump.ts';
import { countUses, type Level, levelOf, type Reference, type UsesOf } from './levels.ts';
import { textsOf } from './lines.ts';
import { type Listener, listenersOf } from './listeners.ts';

/** One certificate with its key. Apache takes the key from the certificate file where none is named. */
export interface Pair {
  certificate: Reference;
  key: Reference;
}

/** Where Apache answers with a virtual host, as it listed it. */
export interface Address {
  /** `*`, an IPv4 address, or an IPv6 address without brackets. */
  host: string;
  /** 0: any. */
  port: number;
}

export interface VirtualHost {
  /** Counted over the whole configuration, in Apache's order. */
  index: number;
  /** Null: the server itself, which answers where no virtual host does. */
  directive: Directive | null;
  /** Its text is read only once: lines may be put into it for this host alone. */
  once: boolean;
  /** `/etc/apache2/sites-enabled/shop.conf:3` */
  place: string;
  /** ServerName first, then ServerAlias, in lower case; empty: it has none, and Apache makes one up that is not used. */
  names: string[];
  addresses: Address[];
  engine: 'on' | 'off' | 'optional';
  pairs: Pair[];
  /** SSLCertificateChainFile, which wins over the chain in the certificate file; null: none. */
  chain: Reference | null;
  webRoot: string | null;
  /** `SSLProtocol`, and `SSLCipherSuite` up to TLS 1.2, as written; null: Apache's own. */
  protocols: string[] | null;
  ciphers: string | null;
  proxyProtocol: boolean;
  /** Something that decides over its certificate could not be told for certain. */
  uncertain: boolean;
}

/**
 * All virtual hosts in Apache's order, then the server itself where it answers over TLS. `real`: where a path leads. Where one that Apache
 * listed is not among them, all are uncertain: what it shares with them is not known.
 */
export async function virtualHostsOf(
  configuration: Configuration,
  real: (path: string) => string,
): Promise<VirtualHost[]> {
  const top = flat(configuration.tree);
  const uses = await countUses(configuration.tree, real);
  const listeners = listenersOf(top);
  const known = new Map<string, Address[]>();
  for (const { host, port, file, line } of configuration.listed) {
    const id = `${file}:${line}`;
    const here = known.get(id) ?? [];
    if (!here.some((one) => one.host === host && one.port === port)) here.push({ host, port });
    known.set(id, here);
  }
  const outer = levelOf(top, configuration, uses, false);
  const hosts: VirtualHost[] = [];
  for (const directive of top) {
    const turn = due();
    if (turn !== undefined) await turn;
    if (directive.name !== 'virtualhost' || directive.block === null) continue;
    const addresses = known.get(`${directive.file}:${directive.line}`);
    // what Apache does not list takes no part, whatever our own reading says
    if (addresses === undefined) continue;
    const level = levelOf(flat(directive.block), configuration, uses, true);
    hosts.push(hostOf(configuration, { directive, addresses, level, outer, uses, listeners }, hosts.length));
  }
  const server = serverItself(configuration, { outer, listeners }, hosts);
  const all = server === null ? hosts : [...hosts, server];
  const found = new Set(hosts.map(({ directive }) => `${directive?.file}:${directive?.line}`));
  const isWhole = configuration.whole && found.size === known.size && !top.some(isUnsure);
  return isWhole ? all : all.map((host) => ({ ...host, uncertain: true }));
}

/** Hosts inherit it. */
const isUnsure = ({ name, block, uncertain }: Directive): boolean =>
  uncertain === true && block === null && name.startsWith('ssl');

/** Of a virtual host and the server around: what stands first there knocks out what stands first here (mod_ssl). */
function merged<T>(outer: readonly T[], own: readonly T[]): T[] {
  const mostReplaced = 3;
  const first = own.slice(0, mostReplaced);
  return [...first, ...outer.slice(first.length), ...own.slice(mostReplaced)];
}

interface HostFacts {
  directive: Directive;
  addresses: Address[];
  level: Level;
  outer: Level;
  uses: UsesOf;
  listeners: Listener[];
}

function hostOf(configuration: Configuration, facts: HostFacts, index: number): VirtualHost {
  const { directive, addresses, level, outer, uses, listeners } = facts;
  const inherited = (name: string, fits?: (directive: Directive) => boolean) =>
    level.last(name, fits) ?? outer.last(name, fits);
  const pairs = pairsOf(merged(outer.certificates, level.certificates), merged(outer.keys, level.keys));
  const texts = (name: string) => level.all(name).flatMap(({ args }) => textsOf(args));
  const serverName = textsOf(level.last('servername')?.args ?? '')[0];
  const first = serverName === undefined ? [] : [hostNameOf(serverName)];
  return {
    index,
    directive,
    once: uses(directive) === 1,
    place: placeOf(directive),
    names: [...new Set([...first, ...texts('serveralias').map((name) => name.toLowerCase())])],
    addresses,
    pairs,
    engine: engineOf(inherited('sslengine'), pairs, addresses, listeners),
    chain: level.chain ?? outer.chain,
    ...settingsOf(configuration, inherited),
    uncertain: [directive, ...(directive.block ?? [])].some((one) => one.uncertain === true),
  };
}

function settingsOf(
  configuration: Configuration,
  inherited: Level['last'],
): Pick<VirtualHost, 'webRoot' | 'protocols' | 'ciphers' | 'proxyProtocol'> {
  const words = (name: string) => textsOf(inherited(name)?.args ?? '');
  const [root] = words('documentroot');
  const protocols = words('sslprotocol');
  const untilNewest = inherited('sslciphersuite', ({ args }) => !/^"?TLSv1\.3\b/i.test(args));
  const ciphers = textsOf(untilNewest?.args ?? '').filter((word) => !/^SSL$/i.test(word));
  return {
    webRoot: root === undefined || root.includes('${') ? null : fullPath(root, configuration),
    protocols: protocols.length === 0 ? null : protocols,
    ciphers: ciphers[0] ?? null,
    proxyProtocol: /^on$/i.test(words('remoteipproxyprotocol')[0] ?? ''),
  };
}

function pairsOf(certificates: readonly Reference[], keys: readonly Reference[]): Pair[] {
  return certificates.map((certificate, at) => ({ certificate, key: keys[at] ?? certificate }));
}

/** Left open, it is on where what listens is said (or is by its port 443) to speak https, and there is a certificate. */
function engineOf(
  engine: Directive | undefined,
  pairs: readonly Pair[],
  addresses: readonly Address[],
  listeners: readonly Listener[],
): VirtualHost['engine'] {
  const said = (engine === undefined ? '' : (textsOf(engine.args)[0] ?? '')).toLowerCase();
  if (said === 'on' || said === 'off' || said === 'optional') return said;
  const https = addresses.some(({ port }) =>
    listeners.some((one) => one.port === port && one.protocol === 'https'),
  );
  return https && pairs.length > 0 ? 'on' : 'off';
}

/** It answers where something listens for which there is no virtual host on all addresses. */
function serverItself(
  configuration: Configuration,
  { outer, listeners }: Pick<HostFacts, 'outer' | 'listeners'>,
  hosts: readonly VirtualHost[],
): VirtualHost | null {
  const taken = (host: string, port: number) =>
    hosts.some(({ addresses }) =>
      addresses.some(
        (one) => (one.host === '*' || one.host === host) && (one.port === 0 || one.port === port),
      ),
    );
  const addresses = listeners.filter(({ host, port }) => !taken(host, port));
  const pairs = pairsOf(
    outer.certificates.map((one) => ({ ...one, own: one.once })),
    outer.keys.map((one) => ({ ...one, own: one.once })),
  );
  const engine = engineOf(outer.last('sslengine'), pairs, addresses, listeners);
  if (addresses.length === 0 || engine === 'off') return null;
  const serverName = textsOf(outer.last('servername')?.args ?? '')[0];
  return {
    index: hosts.length,
    directive: null,
    once: true,
    place: configuration.main.path,
    names: serverName === undefined ? [] : [hostNameOf(serverName)],
    addresses: addresses.map(({ host, port }) => ({ host, port })),
    engine,
    pairs,
    chain: outer.chain,
    ...settingsOf(configuration, outer.last),
    uncertain: false,
  };
}

/** `https://shop.example:443` says how it is reached, too. */
function hostNameOf(serverName: string): string {
  return serverName
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
}

/** For people: file and line; where a macro made it, the line that uses it. */
function placeOf({ file, line }: Directive): string {
  const macro = /^macro '(.*?)' .* used on line (\d+) of "(.*)"$/.exec(file);
  return macro === null ? `${file}:${line}` : `${macro[3]}:${macro[2]} (macro ${macro[1]})`;
}
