import type { Readable } from 'node:stream';
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import send from 'undici/lib/api/api-request.js';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { type ConnectionTerms, makeDispatchers } from './dispatchers.ts';
import { makeEnding } from './ending.ts';
import { codeOf, netFailure, type Peer, timedOut } from './failures.ts';
import type { ProxyConfig } from './proxy/config.ts';
import { issuerShown, type Reach, reachDirectly } from './reach.ts';
import { isUntrusted } from './tls-trust.ts';

export type { ClientCertificate } from './client-certificate.ts';
export type { Reach } from './reach.ts';

export interface HttpRequest extends ConnectionTerms {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https, absolute. */
  url: string;
  headers?: Record<string, string> | undefined;
  body?: Uint8Array | string | undefined;
  /** For the whole request, answer included. Default 30 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** A longer answer is `net.too-large`. Default 4 MiB. */
  maxBytes?: number | undefined;
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
      const answer = await send.call(dispatchers.for(input), {
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
      const issuer = isUntrusted(codeOf(thrown)) ? await issuerShown(peer, clock, input.signal) : null;
      const showedCertificate = input.clientCertificate !== undefined;
      const failure = netFailure(thrown, peer, { issuer, showedCertificate });
      log.debug(`${input.method} ${url.host}${url.pathname} failed`, { code: failure.code });
      throw failure;
    } finally {
      ending.clear();
    }
  }

  async function reach(input: Parameters<Http['reach']>[0]): Promise<Reach> {
    const { url, peer } = target(input.url);
    const ending = makeEnding(clock, input.timeoutMs ?? defaults.timeoutMs, input.signal);
    try {
      return await reachDirectly({ ...input, secure: url.protocol === 'https:', peer, clock, ending });
    } finally {
      ending.clear();
    }
  }

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
