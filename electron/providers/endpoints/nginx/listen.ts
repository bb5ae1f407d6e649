import { ipText } from '../../../pki/ip.ts';
import type { Word } from './tokens.ts';

/** One address and port of a `listen`; a range of ports gives several. */
export interface Listen {
  /** `*`, an IPv4 address, an IPv6 address without brackets, or a host name. */
  host: string;
  port: number;
  /** How nginx tells addresses apart, and how people know them: `*:443`, `[::]:443`, `10.0.0.5:8443`. */
  address: string;
  /** The same before its host name was looked up: `localhost:443`. */
  configured: string;
  ssl: boolean;
  /** QUIC runs over UDP: a TLS handshake does not reach it. */
  quic: boolean;
  isDefault: boolean;
  /** Expects a header of the PROXY protocol before TLS. */
  proxyProtocol: boolean;
}

type ListenAnswer = { listens: Listen[] } | { reason: string; ssl: boolean };

const longestRange = 100;

/** Reads the words of one `listen` directive; `reason` says why it has no address that could be dialled. */
export function parseListen(words: readonly Word[], defaultPort: number): ListenAnswer {
  const [value = '', ...params] = words.map((word) => word.text);
  const has = (...names: string[]) => names.some((name) => params.includes(name));
  const skip = (reason: string) => ({ reason, ssl: has('ssl', 'quic') });
  if (value.startsWith('unix:')) return skip(`${value} is a local socket`);
  const place = splitAddress(value, defaultPort);
  if (place === null) return skip(`the address ${value} could not be read`);
  const shared = {
    host: place.host,
    ssl: has('ssl', 'quic'),
    quic: has('quic'),
    isDefault: has('default_server', 'default'),
    proxyProtocol: has('proxy_protocol'),
  };
  const count = place.last - place.first + 1;
  if (count < 1 || count > longestRange) return skip(`the range of ports in ${value} is too long`);
  return {
    listens: Array.from({ length: count }, (_, i) => {
      const address = addressOf(place.host, place.first + i);
      return { ...shared, port: place.first + i, address, configured: address };
    }),
  };
}

const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** nginx listens at every address that a host name has when it reads its configuration. */
export function lookedUp(listen: Listen, addresses: readonly string[]): Listen[] {
  const hosts = [...new Set(addresses.map(plainHost))];
  return hosts.map((host) => ({ ...listen, host, address: addressOf(host, listen.port) }));
}

export const isHostName = ({ host }: Listen): boolean => host !== '*' && ipText(host) === null;

function splitAddress(value: string, defaultPort: number) {
  const six = /^\[([^\]]+)\](?::(\d+)(?:-(\d+))?)?$/.exec(value);
  if (six) return range(plainHost(six[1] ?? ''), six[2], six[3], defaultPort);
  const portOnly = /^(\d+)(?:-(\d+))?$/.exec(value);
  if (portOnly) return range('*', portOnly[1], portOnly[2], defaultPort);
  const four = /^([^:[\]]+)(?::(\d+)(?:-(\d+))?)?$/.exec(value);
  if (four) return range(plainHost(four[1] ?? ''), four[2], four[3], defaultPort);
  return null;
}

/** nginx treats `0.0.0.0` as `*`, and all spellings of an IPv6 address alike: here as RFC 5952 writes it. */
function plainHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower === '0.0.0.0') return '*';
  return ipText(lower) ?? lower;
}

function range(host: string, first: string | undefined, last: string | undefined, defaultPort: number) {
  const from = first === undefined ? defaultPort : Number(first);
  return { host, first: from, last: last === undefined ? from : Number(last) };
}
