import { globMatcher } from '../common/globs.ts';
import { addressText } from './listeners.ts';
import type { VirtualHost } from './vhosts.ts';

/** What answers at one address, arranged once: shared servers have thousands of virtual hosts. */
interface Place {
  /** In Apache's order: the default one first. */
  hosts: VirtualHost[];
  /** Which of them has a name first. */
  exact: Map<string, number>;
  wild: { fits: (name: string) => boolean; at: number }[];
}

const places = new WeakMap<readonly VirtualHost[], Map<string, Place>>();

/**
 * Virtual hosts that answer at an address, in Apache's order: those of exactly that address, else those of all addresses, else
 * the server itself.
 */
export function hostsAt(hosts: readonly VirtualHost[], host: string, port: number): readonly VirtualHost[] {
  return placeAt(hosts, host, port).hosts;
}

/** The virtual host that Apache picks for a server name at an address; null name: none was sent. */
export function hostFor(
  hosts: readonly VirtualHost[],
  host: string,
  port: number,
  name: string | null,
): VirtualHost | null {
  const named = name === null ? null : namedHostFor(hosts, host, port, name);
  return named ?? placeAt(hosts, host, port).hosts[0] ?? null;
}

/** As `hostFor`, without the default one: the first that has the name, or a name with `*` or `?` that fits it. */
export function namedHostFor(
  hosts: readonly VirtualHost[],
  host: string,
  port: number,
  name: string,
): VirtualHost | null {
  const { hosts: here, exact, wild } = placeAt(hosts, host, port);
  const plain = exact.get(name) ?? Number.POSITIVE_INFINITY;
  const fitting = wild.find(({ fits, at }) => at < plain && fits(name))?.at ?? plain;
  return here[fitting] ?? null;
}

function placeAt(hosts: readonly VirtualHost[], host: string, port: number): Place {
  const known = places.get(hosts) ?? arrange(hosts);
  places.set(hosts, known);
  const asked = [
    [host, port],
    [host, 0],
    ['*', port],
    ['*', 0],
  ] as const;
  for (const [one, at] of asked) {
    const place = known.get(addressText(one, at));
    if (place !== undefined) return place;
  }
  return nowhere;
}

const nowhere: Place = { hosts: [], exact: new Map(), wild: [] };

function arrange(hosts: readonly VirtualHost[]): Map<string, Place> {
  const all = new Map<string, Place>();
  for (const host of hosts)
    for (const address of host.addresses) {
      const key = addressText(address.host, address.port);
      const place = all.get(key) ?? { hosts: [], exact: new Map(), wild: [] };
      all.set(key, place);
      put(place, host);
    }
  return all;
}

function put(place: Place, host: VirtualHost): void {
  const at = place.hosts.push(host) - 1;
  for (const name of host.names)
    if (/[*?]/.test(name)) place.wild.push({ fits: globMatcher(name), at });
    else if (!place.exact.has(name)) place.exact.set(name, at);
}
