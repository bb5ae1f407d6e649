import { Failure } from '#shared/failure.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { ipText } from '../../../pki/ip.ts';
import { namesCover } from '../../../pki/read-certificate.ts';

/** Where the certificate is said to be served. `endpoint.served-at-invalid`. @internal */
export function placeServed(servedAt: string): { host: string; port: number } {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(servedAt.trim());
  const port = Number(found?.[3]);
  const host = found?.[1] ?? found?.[2] ?? '';
  if (host !== '' && port >= 1 && port <= 65535) return { host, port };
  throw new Failure('endpoint.served-at-invalid', `"${servedAt}" is not a host and port.`, {
    hint: 'Use host:port, with an IPv6 address in brackets: [::1]:8443.',
  });
}

/** Name to send: the host when the certificate is good for it, else a name of the certificate. @internal */
export function serverNameFor(host: string, names: readonly string[]): string | null {
  const isName = ipText(host) === null;
  if (isName && namesCover(names, host)) return host.toLowerCase();
  const other = names.find((name) => ipText(name) === null && !name.startsWith('*'));
  return other ?? (isName ? host.toLowerCase() : null);
}

/** The handshake that must show the new certificate; none where it is not known who serves it. */
export function servedProofs(servedAt: string | null, names: readonly string[]): InstallPlan['proofs'] {
  if (servedAt === null) return [];
  const { host, port } = placeServed(servedAt);
  return [{ address: host, port, serverName: serverNameFor(host, names) }];
}

/** Bindings of a node that is served there, and the names it answers for: the one that is sent first. */
export function servedFacts(
  servedAt: string | null,
  names: readonly string[],
): Pick<DiscoveredNode, 'bindings' | 'serverNames'> {
  if (servedAt === null) return { bindings: [], serverNames: [...names] };
  const { host, port } = placeServed(servedAt);
  const sent = serverNameFor(host, names);
  return {
    bindings: [{ address: host, port, configured: servedAt, isDefault: true }],
    // only names of the certificate are requested in the next one
    serverNames: names.toSorted((a, b) => Number(b === sent) - Number(a === sent)),
  };
}

/** What is asked after an install where nothing can be asked of a program that is not known. */
export function askedAfter(
  { restartScript, servedAt }: { restartScript: string | null; servedAt: string | null },
  otherwise: string,
): string {
  const restarted = restartScript === null ? '' : 'the restart script is run';
  const shown = servedAt === null ? '' : `a TLS handshake with ${servedAt} must show the new certificate`;
  return [restarted, shown].filter((one) => one !== '').join(', and ') || otherwise;
}

/** `one`: what the program serves. What to read before approving, where restart script or address are not known. */
export function unservedWarnings(
  { restartScript, servedAt }: { restartScript: string | null; servedAt: string | null },
  one: string,
): string[] {
  return [
    ...(restartScript === null
      ? [`There is no restart script: the program that serves this ${one} must notice the change on its own.`]
      : []),
    ...(servedAt === null
      ? [`It is not known where this ${one} is served (--served_at), so only the files can be checked.`]
      : []),
  ];
}
