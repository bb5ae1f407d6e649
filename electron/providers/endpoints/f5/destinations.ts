import { ipBytes } from '../../../pki/ip.ts';

/** Where a virtual server listens. */
export interface Destination {
  /** Null: every address, or a name of a virtual address that is not one. */
  address: string | null;
  /** Null: every port. */
  port: number | null;
  /** `%2`; 0: the usual one. */
  routeDomain: number;
  /** For people: `10.0.0.1%2:443`. */
  text: string;
}

const ports: Readonly<Record<string, number>> = { http: 80, https: 443, any: 0 };

/** `/Common/10.0.0.1%2:443`, `/Common/2001:db8::1.443`, `/Common/any:0`. */
export function destinationOf(destination: string): Destination {
  const text = destination.slice(destination.lastIndexOf('/') + 1);
  const isSix = text.split(':').length > 2 || text.startsWith('any6');
  const at = text.lastIndexOf(isSix ? '.' : ':');
  const [whole, portText] = at < 0 ? [text, '0'] : [text.slice(0, at), text.slice(at + 1)];
  const [address = '', domain = '0'] = whole.split('%');
  const port = ports[portText] ?? Number(portText);
  const isOne = ipBytes(address)?.some((byte) => byte !== 0) === true;
  return {
    address: isOne ? address : null,
    port: Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null,
    routeDomain: Number(domain) || 0,
    text,
  };
}
