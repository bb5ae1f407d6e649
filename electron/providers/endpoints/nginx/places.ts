import type { Binding } from '#shared/model/node.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import { dialledFor, isOutOfReach, isSni, wildcardDials } from '../common/dialled.ts';
import { blockFor, blocksAt, matchesRegex } from './choice.ts';
import type { Listen } from './listen.ts';
import type { Server } from './servers.ts';

/** Where a node is reached, how its certificate is asked for there, and where that cannot be done. */
export interface Places {
  bindings: Binding[];
  proofs: PlannedProof[];
  /** Sentences about listeners where nothing can be proved. */
  unproved: string[];
}

export function placesOf(
  servers: readonly Server[],
  server: Server,
  dialAddress: string,
  certificateNames: readonly string[],
): Places {
  const tls = servesTls(server);
  const bindings = new Map<string, Binding>();
  const proofs = new Map<string, PlannedProof>();
  const unproved = server.skipped
    .filter(({ ssl }) => ssl)
    .map(({ reason }) => `One listener cannot be verified: ${reason}.`);
  for (const listen of server.listens) {
    if (tls !== (listen.ssl || listen.quic || server.startTls !== null)) continue;
    const address = dialFor(servers, server.context, listen, dialAddress);
    const isDefault = blocksAt(servers, server.context, listen.address)[0] === server;
    const trouble = troubleWith(listen, address, dialAddress);
    if (trouble !== null) {
      unproved.push(trouble);
      continue;
    }
    if (address === null) continue;
    const at = `${address} ${listen.port}`;
    const known = bindings.get(at);
    const configured = known === undefined ? listen.address : `${known.configured}, ${listen.address}`;
    const before = {
      ...(listen.proxyProtocol ? { proxyProtocol: true } : {}),
      ...(listen.ssl || server.startTls === null ? {} : { startTls: server.startTls }),
    };
    bindings.set(at, {
      address,
      port: listen.port,
      ...before,
      configured,
      isDefault: isDefault || (known?.isDefault ?? false),
    });
    const name = nameThatReaches(servers, server, listen, certificateNames);
    if (name === undefined) unproved.push(notChosen(servers, server, listen));
    else if (!proofs.has(at)) proofs.set(at, { address, port: listen.port, serverName: name, ...before });
  }
  return {
    bindings: [...bindings.values()],
    proofs: tls ? [...proofs.values()] : [],
    unproved: tls ? [...new Set(unproved)] : [],
  };
}

/** Whether it shows a certificate to anyone, be it where nothing can be verified. */
export const servesTls = (server: Server): boolean =>
  server.startTls !== null || [...server.listens, ...server.skipped].some((one) => one.ssl);

function troubleWith(listen: Listen, address: string | null, dialAddress: string): string | null {
  if (listen.quic) return `${listen.address} (quic) cannot be verified: it only uses UDP.`;
  if (isOutOfReach(listen, dialAddress))
    return `${listen.address} cannot be verified: only the server itself can connect to its loopback address.`;
  if (address === null)
    return `${listen.address} cannot be verified: another server block answers at the address to connect to.`;
  return null;
}

/** The address to dial for a listener; null when a listener on exactly that address would answer in its place. */
export function dialFor(
  servers: readonly Server[],
  context: Server['context'],
  listen: Listen,
  dialAddress: string,
): string | null {
  if (listen.host !== '*') return dialledFor(listen, dialAddress);
  const taken = (address: string) => blocksAt(servers, context, `${address}:${listen.port}`).length > 0;
  return wildcardDials(dialAddress).find((address) => !taken(address)) ?? null;
}

/** Server name for which nginx picks this block here; null: no name is needed; undefined: no name does it. */
function nameThatReaches(
  servers: readonly Server[],
  server: Server,
  listen: Listen,
  certificateNames: readonly string[],
): string | null | undefined {
  const reaches = (name: string | null) => blockFor(servers, server.context, listen.address, name) === server;
  const names = server.names.flatMap((pattern) => examplesOf(pattern, certificateNames));
  const name = names.find((one) => isSni(one) && reaches(one));
  return name ?? (reaches(null) ? null : undefined);
}

/** Names that a configured name stands for. A regular expression is tried on the names of the certificate. */
function examplesOf(pattern: string, certificateNames: readonly string[]): string[] {
  if (pattern.startsWith('*.')) return [`trustkeep-check${pattern.slice(1)}`];
  if (pattern.startsWith('.')) return [pattern.slice(1), `trustkeep-check${pattern}`];
  if (pattern.endsWith('.*')) return [`${pattern.slice(0, -1)}example`];
  if (!pattern.startsWith('~')) return [pattern];
  return certificateNames
    .map((name) => name.replace(/^\*/, 'trustkeep-check'))
    .filter((name) => matchesRegex(pattern, name));
}

function notChosen(servers: readonly Server[], server: Server, listen: Listen): string {
  const first = server.names.find(isSni);
  const other = first === undefined ? null : blockFor(servers, server.context, listen.address, first);
  if (other !== null && other !== server)
    return `nginx never picks this server block at ${listen.address}: ${other.place} has the same name.`;
  return `${listen.address} cannot be verified: no server name leads to this server block.`;
}
