import type { Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { ProbeCheck } from '#shared/model/endpoint.ts';
import type { Secret } from '../../secrets/secret.ts';
import { dial } from './dial.ts';
import { refusedConnect } from './failures.ts';
import { Line } from './line.ts';
import type { ProxyMemory } from './memory.ts';

export interface ProxyPlace {
  /** Name or address; IPv6 without brackets. */
  host: string;
  port: number;
  /** TLS to the proxy itself. */
  tls: boolean;
}

export interface ProxyLogin {
  /** May be `DOMAIN\user` or `user@domain`. */
  user: string;
  /** With a domain nothing weaker than NTLM is answered. */
  domain: string | null;
  password: Secret;
}

export interface ProxyTools {
  /** Asked at the moment of use, more than once per request; what it gave is wiped right after. Null: there is none. */
  login(): ProxyLogin | null;
  /** What was learnt before: schemes, nonces, refusals, kept connections. One per proxy setting, see `makeProxyMemory`. */
  memory: ProxyMemory;
  clock: Clock;
  log: Log;
  userAgent: string;
  signal?: AbortSignal | undefined;
  /** Until the tunnel is open, or the answer of `forward` begins. Default 30 s, of which 10 s to reach the proxy. */
  connectTimeoutMs?: number | undefined;
  /** Told each step as it is known: `proxy`, `authentication` (each exchange), `tunnel`; the last may be a "no". */
  note?: ((step: ProbeCheck) => void) | undefined;
}

export interface TunnelTarget {
  /** IPv6 without brackets. */
  host: string;
  port: number;
}

/**
 * The way to `target` through the proxy (CONNECT): a socket as if it were connected to the target itself, on which
 * nothing was lost. Rejects with Failure `proxy.*`, or with the signal's reason. Only after `proxy.unreachable`,
 * `proxy.tls-failed` and `proxy.timeout` is another proxy worth trying. Safe concurrently.
 */
export async function openTunnel(
  proxy: ProxyPlace,
  target: TunnelTarget,
  tools: ProxyTools,
): Promise<Socket> {
  const signal = tools.signal ?? new AbortController().signal;
  const line = new Line(await dial(proxy, signal));
  line.obey(signal);
  const to = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const login = tools.login();
  const basic =
    login === null
      ? ''
      : `Proxy-Authorization: Basic ${Buffer.from(`${login.user}:${login.password.text()}`).toString('base64')}\r\n`;
  login?.password.wipe();
  const answer = await line.ask(
    Buffer.from(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\nUser-Agent: ${tools.userAgent}\r\n${basic}\r\n`),
  );
  if (answer.status < 200 || answer.status > 299) {
    line.end();
    throw refusedConnect(proxy, target, answer.status, '');
  }
  return line.release();
}

export interface ForwardRequest {
  method: string;
  /** `http://…`, absolute. */
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | string | undefined;
  /** A longer body is `net.too-large`. */
  maxBytes: number;
  /** For the whole request. Default 30 s. */
  timeoutMs?: number | undefined;
}

export interface ForwardAnswer {
  status: number;
  /** Names in lower case; a header that came more than once is joined with `, `. */
  headers: Record<string, string>;
  body: Buffer;
}

/** A request for an `http:` address, on a connection to the proxy that is kept and stays logged in. */
export async function forward(
  _proxy: ProxyPlace,
  _request: ForwardRequest,
  _tools: ProxyTools,
): Promise<ForwardAnswer> {
  throw new Error('not built');
}
