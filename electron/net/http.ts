import type { Readable } from 'node:stream';
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import send from 'undici/lib/api/api-request.js';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { ProbeCheck } from '#shared/model/endpoint.ts';
import type { Secret } from '../secrets/secret.ts';
import { makeDispatchers } from './dispatchers.ts';
import { codeOf, netFailure, type Peer, timedOut } from './failures.ts';
import type { ProxyConfig } from './proxy/config.ts';
import { issuerShown, isUntrusted } from './tls-trust.ts';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https, absolute. */
  url: string;
  headers?: Record<string, string> | undefined;
  body?: Uint8Array | string | undefined;
  /** For the whole request, answer included. Default 30 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Certificates (PEM) trusted for this server beside the machine's own. */
  trustedRootsPem?: string | null | undefined;
  /** A longer answer is `net.too-large`. Default 4 MiB. */
  maxBytes?: number | undefined;
  /** Shown to a server that asks for one (mutual TLS). */
  clientCertificate?: ClientCertificate | undefined;
}

/** Leaf and chain (PEM), and the private key (PKCS#8 PEM, no passphrase). */
export interface ClientCertificate {
  certificatePem: string;
  key: Secret;
}

/** The way to an address, one step after the other, stopping at the first "no". No request is sent. */
export interface Reach {
  ok: boolean;
  /** `direct`, or `proxy host:port` as it was taken. */
  way: string;
  /**
   * Direct: `resolve` `connect` `tls`. Through a proxy: `route` (what the PAC or setting says), `proxy` (the proxy
   * answers), `authentication` (each exchange), `tunnel`, `tls`. Sentences for a network administrator.
   */
  steps: ProbeCheck[];
  /** Seen at the end; null before TLS. */
  certificate: { subject: string; issuer: string; trusted: boolean } | null;
  /** The issuer, when what was seen is signed by something this machine does not trust and a proxy lies between. */
  interceptedBy: string | null;
  /** Why it stopped. */
  failure: Failure | null;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; a header that came more than once is joined with `, `. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * The one HTTP client of the product: keep-alive, no redirects, no retries. Resolves whatever the status; rejects with
 * Failure `net.*`, or with the signal's reason when the caller aborts. Safe concurrently.
 */
export interface Http {
  request(input: HttpRequest): Promise<HttpResponse>;
  /** Looks at the way to `url` afresh, with no connection kept from before. Never rejects but for the signal. */
  reach(
    input: Pick<HttpRequest, 'url' | 'trustedRootsPem' | 'clientCertificate' | 'timeoutMs' | 'signal'>,
  ): Promise<Reach>;
  /** Ends every connection; a later request opens new ones. */
  close(): Promise<void>;
}

const defaults = { timeoutMs: 30_000, maxBytes: 4 * 1024 * 1024 };

export interface HttpOptions {
  userAgent: string;
  clock: Clock;
  log: Log;
  /** Asked before each request; left out: always direct. */
  proxy?: (() => ProxyConfig) | undefined;
}

export function makeHttp(options: HttpOptions): Http {
  const { clock } = options;
  const log = options.log.in('http');
  const dispatchers = makeDispatchers();

  async function request(input: HttpRequest): Promise<HttpResponse> {
    const { url, peer } = target(input.url);
    const started = clock.monotonic();
    const ending = makeEnding(clock, input.timeoutMs ?? defaults.timeoutMs, input.signal);
    try {
      const answer = await send.call(dispatchers.for(input.trustedRootsPem), {
        origin: url.origin,
        path: url.pathname + url.search,
        method: input.method,
        headers: { 'user-agent': options.userAgent, ...input.headers },
        body: input.body ?? null,
        signal: ending.signal,
      });
      const body = await readAll(answer.body, input.maxBytes ?? defaults.maxBytes, peer);
      await loopTurn(); // the connection is free only then; asking sooner would open a second one
      log.debug(`${input.method} ${url.host}${url.pathname}`, {
        status: answer.statusCode,
        ms: Math.round((clock.monotonic() - started) * 10) / 10,
      });
      return { status: answer.statusCode, headers: plainHeaders(answer.headers), body };
    } catch (thrown) {
      if (input.signal?.aborted) throw input.signal.reason;
      if (ending.late()) throw timedOut(peer, thrown);
      const issuer = isUntrusted(codeOf(thrown)) ? await issuerShown(peer.host, peer.port, 3000) : null;
      const failure = netFailure(thrown, peer, issuer);
      log.debug(`${input.method} ${url.host}${url.pathname} failed`, { code: failure.code });
      throw failure;
    } finally {
      ending.clear();
    }
  }

  const reach = () => Promise.reject(new Error('not built'));
  return { request, reach, close: () => dispatchers.close() };
}

function target(text: string): { url: URL; peer: Peer } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new Failure('net.bad-address', `“${text.slice(0, 200)}” is not an http or https address.`, {
      hint: 'Give an absolute address that starts with https://.',
    });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = url.protocol === 'https:' ? 443 : 80;
  return { url, peer: { host, port: url.port === '' ? usual : Number(url.port) } };
}

/** One signal out of the caller's and the time-out; `late` says which it was. */
function makeEnding(clock: Clock, timeoutMs: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let late = false;
  const timer = clock.after(timeoutMs, () => {
    late = true;
    controller.abort();
  });
  const stop = () => controller.abort();
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    late: () => late,
    clear() {
      timer.cancel();
      outer?.removeEventListener('abort', stop);
    },
  };
}

async function readAll(body: Readable, maxBytes: number, peer: Peer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes)
      throw new Failure('net.too-large', `${peer.host}:${peer.port} sent more than ${maxBytes} bytes.`, {
        hint: 'Check that the address is the one of the service that was meant.',
      });
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
