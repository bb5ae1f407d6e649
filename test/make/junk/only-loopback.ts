import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isIP, Socket } from 'node:net';

interface Guard {
  /** Connections and names that were refused. */
  refused(): number;
  /** Everything may be connected to again. */
  end(): void;
}

const notFound = (host: string): Error =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });

/**
 * Until its end this process connects to the loopback alone, and asks no resolver: every other host does not exist. Junk must not
 * reach whoever it names by chance.
 */
export function onlyLoopback(): Guard {
  const { connect } = Socket.prototype;
  const { lookup } = dns;
  let refused = 0;
  Socket.prototype.connect = function guarded(this: Socket, ...given: unknown[]): Socket {
    const host = hostOf(given);
    if (isLoopback(host)) return Reflect.apply(connect, this, given) as Socket;
    refused += 1;
    process.nextTick(() => this.destroy(notFound(host)));
    return this;
  } as typeof connect;
  dns.lookup = ((name: string, ...rest: unknown[]) => {
    if (isLoopback(name) || isIP(name) !== 0) return Reflect.apply(lookup, dns, [name, ...rest]) as unknown;
    refused += 1;
    return Promise.reject(notFound(name));
  }) as typeof lookup;
  syncBuiltinESMExports();
  return {
    refused: () => refused,
    end() {
      Socket.prototype.connect = connect;
      dns.lookup = lookup;
      syncBuiltinESMExports();
    },
  };
}

/** `net.connect` hands its options on in a list; a path is no host, and none means this machine. */
function hostOf([first, second]: readonly unknown[]): string {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'object' && options !== null) {
    if (Reflect.get(options, 'path')) return 'localhost';
    return String(Reflect.get(options, 'host') ?? 'localhost');
  }
  return typeof options === 'number' && typeof second === 'string' ? second : 'localhost';
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
