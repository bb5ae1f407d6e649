import type { Binding } from '#shared/model/node.ts';
import type { PlannedListener, PlannedProof } from '#shared/model/plan.ts';
import { dialledFor as dialled, isSni, isOutOfReach as outOf, wildcardDials } from '../common/dialled.ts';
import type { TomcatConnector, TomcatHost } from './connectors.ts';

/** Where a node is reached, how its certificate is asked for there, and why that cannot be done. */
export interface Places {
  bindings: Binding[];
  proofs: PlannedProof[];
  /** A sentence about where nothing can be proved; null: it can. */
  unproved: string | null;
}

/** `*:8443`, `[::1]:8443`, `10.0.0.5:8443` */
export function configuredAddress({ address, port }: TomcatConnector): string {
  const shown = address === null ? '*' : address.includes(':') ? `[${address}]` : address;
  return `${shown}:${port ?? '?'}`;
}

/** Where one host of a connector is reached from here. `all`: every connector, since one of them may have the address alone. */
export function placesOf(
  all: readonly TomcatConnector[],
  connector: TomcatConnector,
  host: TomcatHost,
  dialAddress: string,
): Places {
  const configured = configuredAddress(connector);
  const { port } = connector;
  if (port === null)
    return { bindings: [], proofs: [], unproved: `${configured} cannot be verified: it has no fixed port.` };
  if (isOutOfReach(connector, dialAddress))
    return {
      ...{ bindings: [], proofs: [] },
      unproved: `${configured} cannot be verified: only the server itself can connect to its loopback address.`,
    };
  const address = dialledFor(all, connector, dialAddress);
  const isDefault = host.name === connector.defaultHost;
  const bindings = [{ address, port, configured, isDefault }];
  const serverName = isDefault ? null : exampleOf(host.name);
  if (!isDefault && (serverName === null || hostFor(connector, serverName) !== host))
    return {
      ...{ bindings, proofs: [] },
      unproved: `${configured} cannot be verified: no server name leads to the SSLHostConfig ${host.name}.`,
    };
  return { bindings, proofs: [{ address, port, serverName }], unproved: null };
}

/** The host whose certificate a client gets: by its own name, by a wildcard for the first label, else the default one. */
export function hostFor(connector: TomcatConnector, serverName: string | null): TomcatHost | undefined {
  const named = (name: string) => connector.hosts.find((one) => one.name === name);
  if (serverName === null) return named(connector.defaultHost);
  const name = serverName.toLowerCase();
  const dot = name.indexOf('.');
  const wildcard = dot > 0 ? named(`*${name.slice(dot)}`) : undefined;
  return named(name) ?? wildcard ?? named(connector.defaultHost);
}

/** A name that may be sent as a server name, for a host or a wildcard; null: there is none. */
function exampleOf(name: string): string | null {
  const example = name.startsWith('*.') ? `trustkeep-check${name.slice(1)}` : name;
  return isSni(example) ? example : null;
}

/** An address that reaches the connector from here, and no other connector of the same port. */
function dialledFor(
  all: readonly TomcatConnector[],
  connector: TomcatConnector,
  dialAddress: string,
): string {
  const host = hostOf(connector);
  if (host !== '*') return dialled({ host }, dialAddress);
  const taken = new Set(
    all.flatMap((one) => (one !== connector && one.port === connector.port ? [one.address] : [])),
  );
  return wildcardDials(dialAddress).find((one) => !taken.has(one)) ?? dialled({ host }, dialAddress);
}

const hostOf = ({ address }: TomcatConnector): string =>
  address === null || address === '0.0.0.0' || address === '::' ? '*' : address;

/** On the loopback address of another machine: the same address here is not that server. */
const isOutOfReach = (connector: TomcatConnector, dialAddress: string): boolean =>
  outOf({ host: hostOf(connector) }, dialAddress);

/** Where a Tomcat accepts connections, TLS or not, as far as it is reached from here. */
export function listenersOf(all: readonly TomcatConnector[], dialAddress: string): PlannedListener[] {
  const found = all.flatMap((one): PlannedListener[] =>
    one.port === null || isOutOfReach(one, dialAddress)
      ? []
      : [{ address: dialledFor(all, one, dialAddress), port: one.port }],
  );
  return [...new Map(found.map((one) => [`${one.address} ${one.port}`, one])).values()];
}

/** How many connectors cannot be reached from here. */
export const outOfReach = (all: readonly TomcatConnector[], dialAddress: string): number =>
  all.filter((one) => one.port !== null && isOutOfReach(one, dialAddress)).length;
