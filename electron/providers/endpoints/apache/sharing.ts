import type { Sharing } from '#shared/model/plan.ts';
import { hostsAt } from './choice.ts';
import { type Configuration, fullPath } from './commands.ts';
import { type Directive, walk } from './dump.ts';
import { idOf } from './levels.ts';
import { textsOf } from './lines.ts';
import { addressText } from './listeners.ts';
import { loadsPairs, servesTls } from './places.ts';
import type { Pair, VirtualHost } from './vhosts.ts';

/** Who else uses the files or the addresses of a node. */
export interface Shared {
  /** Virtual hosts that use the same certificate or key file. */
  hosts: VirtualHost[];
  /** Other directives that name one of the files. */
  uses: { who: string; path: string }[];
}

/** `real` gives where a path leads, so that two names of one file are known as one. */
export function sharedBy(
  configuration: Configuration,
  hosts: readonly VirtualHost[],
  own: VirtualHost,
  pair: Pair,
  real: (path: string) => string,
): Shared {
  const ours = new Set(
    [pair.certificate.path, pair.key.path].flatMap((path) => (path === null ? [] : [real(path)])),
  );
  const isOurs = (path: string | null) => path !== null && ours.has(real(path));
  const others = hosts.filter(
    (one) =>
      one !== own &&
      loadsPairs(one) &&
      one.pairs.some(({ certificate, key }) => isOurs(certificate.path) || isOurs(key.path)),
  );
  const uses = new Map<string, { who: string; path: string }>();
  for (const directive of walk(configuration.tree)) {
    const path = fileNamedBy(directive, configuration);
    if (path === null || !isOurs(path)) continue;
    uses.set(idOf(directive, real), {
      who: `${directive.name} (${directive.file}:${directive.line})`,
      path,
    });
  }
  return { hosts: others, uses: [...uses.values()] };
}

/** `SSLCACertificateFile`, `SSLProxyMachineCertificateFile`, `SSLOpenSSLConfCmd Certificate`…: not the pairs of hosts. */
export function fileNamedBy(
  { name, args }: Pick<Directive, 'name' | 'args'>,
  configuration: Configuration,
): string | null {
  if (!/^(?:ssl\w*file|sslopensslconfcmd)$/.test(name) || /^sslcertificate\w*$/.test(name)) return null;
  const words = textsOf(args);
  const value = name === 'sslopensslconfcmd' ? words[1] : words[0];
  if (value === undefined || value.includes('${') || /^\w+:/.test(value)) return null;
  return name === 'sslopensslconfcmd' && !/[/.]/.test(value) ? null : fullPath(value, configuration);
}

export function hostLabel({ names, addresses, place, directive }: VirtualHost): string {
  if (directive === null) return `the server itself (${place})`;
  const [address] = addresses;
  const name = names[0] ?? (address === undefined ? 'unnamed' : addressText(address.host, address.port));
  return `virtual host ${name} (${place})`;
}

/** Hosts that would show the new certificate though it may not be meant for them. */
export function namesNotShared(own: VirtualHost, others: readonly VirtualHost[]): VirtualHost[] {
  return others.filter(({ names }) => names.length === 0 || !names.every((name) => own.names.includes(name)));
}

export function certificateSharings({ hosts, uses }: Shared): Sharing[] {
  return [
    ...hosts.map((host) => ({
      what: 'certificate' as const,
      who: hostLabel(host),
      sentence: `${capital(hostLabel(host))} uses the same certificate or key file and will serve the new certificate too.`,
    })),
    ...uses.map(({ who, path }) => ({
      what: 'certificate' as const,
      who,
      sentence: `${who} reads ${path}, which is replaced.`,
    })),
  ];
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Where this host is the default one, clients that name no server (or none known) are shown its certificate. */
export function addressSharings(hosts: readonly VirtualHost[], own: VirtualHost): Sharing[] {
  const found = new Map<VirtualHost, Sharing>();
  for (const { host, port } of own.addresses) {
    const here = hostsAt(hosts, host, port);
    if (here[0] !== own || !servesTls(own)) continue;
    for (const other of here.slice(1)) {
      const sentence = `${capital(hostLabel(other))} also answers at ${addressText(host, port)}. Clients that send no server name will get the new certificate there.`;
      if (!found.has(other)) found.set(other, { what: 'address', who: hostLabel(other), sentence });
    }
  }
  return [...found.values()];
}
