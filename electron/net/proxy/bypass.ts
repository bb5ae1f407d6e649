import { BlockList, isIP } from 'node:net';
import type { Peer } from '../failures.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** This very machine by an address or name that can mean nothing else: never through a proxy. */
export function isLoopback(host: string): boolean {
  const name = plain(host);
  const family = isIP(name);
  if (family !== 0) return loopback.check(name, family === 6 ? 'ipv6' : 'ipv4');
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * The first rule that lets `peer` be reached directly; null: none does. Rules: `host`, `*.domain` (below it), `.domain`
 * (it and below), `*` anywhere in a name, `10.0.0.0/8` and `fd00::/8` (addresses only: no name is looked up),
 * `<local>` (names without a dot), each but the last two with an optional `:port`. What is none matches nothing.
 */
export function bypassRule(rules: readonly string[], peer: Peer): string | null {
  return rules.find((rule) => matches(rule.trim().toLowerCase(), peer)) ?? null;
}

function matches(rule: string, peer: Peer): boolean {
  const host = plain(peer.host);
  if (rule === '') return false;
  if (rule === '<local>') return isIP(host) === 0 && !host.includes('.');
  if (rule.includes('/')) return inSubnet(rule, host);
  const { name, port } = split(rule);
  if (port !== null && port !== peer.port) return false;
  if (isIP(name) !== 0) return sameAddress(name, host);
  if (name.startsWith('.')) return host === name.slice(1) || host.endsWith(name);
  return like(name, host);
}

function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function split(rule: string): { name: string; port: number | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(rule);
  const found = bracketed ?? (isIP(rule) === 6 ? null : /^([^:]*):(\d{1,5})$/.exec(rule));
  const port = found?.[2];
  return { name: plain(found?.[1] ?? rule), port: port === undefined ? null : Number(port) };
}

function inSubnet(rule: string, host: string): boolean {
  const [, network = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(rule) ?? [];
  const family = isIP(plain(network));
  if (isIP(host) === 0 || family === 0 || Number(bits) > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(plain(network), Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function sameAddress(address: string, host: string): boolean {
  if (isIP(host) === 0) return false;
  const list = new BlockList();
  list.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

/** Only `*` has a meaning. Linear in the length of both, whatever the pattern. */
function like(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
