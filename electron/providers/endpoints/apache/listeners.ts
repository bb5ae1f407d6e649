import { ipText } from '../../../pki/ip.ts';
import { type Directive, flat } from './dump.ts';
import { textsOf } from './lines.ts';

/** Where Apache accepts connections. */
export interface Listener {
  /** `*`, an IPv4 address, or an IPv6 address without brackets. */
  host: string;
  port: number;
  protocol: string;
}

/** What `Listen` says at the top of a configuration. A port alone, or 0.0.0.0, or [::], is all addresses. */
export function listenersOf(top: readonly Directive[]): Listener[] {
  return flat(top).flatMap(({ name, args }): Listener[] => {
    if (name !== 'listen') return [];
    const [value = '', said] = textsOf(args);
    const found = /^(?:(.*):)?(\d+)$/.exec(value);
    if (found === null) return [];
    const host = (found[1] ?? '*').replace(/^\[|\]$/g, '').toLowerCase();
    const port = Number(found[2]);
    const all = host === '*' || host === '0.0.0.0' || host === '::';
    const protocol = said?.toLowerCase() ?? (port === 443 ? 'https' : 'http');
    return [{ host: all ? '*' : (ipText(host) ?? host), port, protocol }];
  });
}

/** `[::1]:443` */
export const addressText = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port === 0 ? '*' : port}`;
