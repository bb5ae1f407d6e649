import type { Binding } from '#shared/model/node.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import { dialledFor, isOutOfReach, isSni, wildcardDials } from '../common/dialled.ts';
import { hostFor, hostsAt } from './choice.ts';
import { addressText, type Listener } from './listeners.ts';
import type { Address, VirtualHost } from './vhosts.ts';

/** Where a node is reached, how its certificate is asked for there, and where that cannot be done. */
export interface Places {
  bindings: Binding[];
  proofs: PlannedProof[];
  /** Sentences about addresses where nothing can be proved. */
  unproved: string[];
}

/** All that is configured, and from where it is dialled. */
export interface Around {
  hosts: readonly VirtualHost[];
  listeners: readonly Listener[];
  dialAddress: string;
}

export const servesTls = ({ engine }: VirtualHost): boolean => engine === 'on';
/** Also where plain connections may be upgraded. */
export const loadsPairs = ({ engine }: VirtualHost): boolean => engine !== 'off';

export function placesOf(around: Around, host: VirtualHost): Places {
  const bindings = new Map<string, Binding>();
  const proofs = new Map<string, PlannedProof>();
  const unproved: string[] = [];
  for (const address of host.addresses.flatMap((one) => withPorts(around, one, host))) {
    const dialled = dialFor(around, address);
    if (typeof dialled !== 'string') {
      unproved.push(dialled.trouble);
      continue;
    }
    const { port } = address;
    const at = `${dialled} ${port}`;
    const configured = addressText(address.host, port);
    const known = bindings.get(at);
    const before = host.proxyProtocol ? { proxyProtocol: true } : {};
    bindings.set(at, {
      ...{ address: dialled, port, ...before },
      configured: known === undefined ? configured : `${known.configured}, ${configured}`,
      isDefault: hostsAt(around.hosts, address.host, port)[0] === host || (known?.isDefault ?? false),
    });
    const name = nameThatReaches(around, host, address);
    if (name === undefined) unproved.push(notChosen(around, host, address));
    else if (!proofs.has(at)) proofs.set(at, { address: dialled, port, serverName: name, ...before });
  }
  const tls = servesTls(host);
  return {
    bindings: [...bindings.values()],
    proofs: tls ? [...proofs.values()] : [],
    unproved: tls ? [...new Set(unproved)] : [],
  };
}

/** A virtual host on any port is reached on those at which something listens and none has that port. */
function withPorts({ hosts, listeners }: Around, { host, port }: Address, own: VirtualHost): Address[] {
  if (port !== 0) return [{ host, port }];
  const ports = new Set(listeners.map((one) => one.port));
  return [...ports]
    .filter((one) => hostsAt(hosts, host, one).includes(own))
    .map((one) => ({ host, port: one }));
}

/** The address to dial, or why there is none. */
function dialFor(
  { hosts, listeners, dialAddress }: Around,
  { host, port }: Address,
): string | { trouble: string } {
  const text = addressText(host, port);
  const here = listeners.filter(
    (one) => one.port === port && (one.host === '*' || host === '*' || one.host === host),
  );
  if (here.length === 0) return { trouble: `${text} cannot be verified: no Listen directive opens it.` };
  const at = host !== '*' || here.some((one) => one.host === '*') ? [{ host }] : here;
  const near = at.filter((one) => !isOutOfReach(one, dialAddress));
  if (near.length === 0)
    return {
      trouble: `${text} cannot be verified: only the server itself can connect to its loopback address.`,
    };
  const answers = (address: string) =>
    host !== '*' || hostsAt(hosts, address, port) === hostsAt(hosts, '*', port);
  const choices = near.flatMap((one) =>
    one.host === '*' ? wildcardDials(dialAddress) : [dialledFor(one, dialAddress)],
  );
  return (
    choices.find(answers) ?? {
      trouble: `${text} cannot be verified: another virtual host answers at the address to connect to.`,
    }
  );
}

/** Server name for which Apache picks this host here; null: no name is needed; undefined: no name does it. */
function nameThatReaches(
  { hosts }: Around,
  own: VirtualHost,
  { host, port }: Address,
): string | null | undefined {
  const reaches = (name: string | null) => hostFor(hosts, host, port, name) === own;
  const names = own.names.map((name) => name.replace(/\*/g, 'trustkeep-check').replace(/\?/g, 'x'));
  return names.find((one) => isSni(one) && reaches(one)) ?? (reaches(null) ? null : undefined);
}

function notChosen({ hosts }: Around, own: VirtualHost, { host, port }: Address): string {
  const text = addressText(host, port);
  const first = own.names.find(isSni);
  const other = first === undefined ? null : hostFor(hosts, host, port, first);
  if (other !== null && other !== own)
    return `Apache never picks this virtual host at ${text}: ${other.place} has the same name.`;
  return `${text} cannot be verified: no server name leads to this virtual host.`;
}
