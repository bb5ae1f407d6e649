import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { makeEnding } from './ending.ts';
import { type Peer, timedOut } from './failures.ts';
import type { HttpRequest, HttpResponse } from './http-request.ts';
import { makeOutbound, type Outbound, type OutboundOptions } from './outbound.ts';
import type { ProxyConfig } from './proxy/config.ts';
import { type LogInTurns, makeLogInTurns } from './proxy/memory.ts';
import { direct } from './proxy/route.ts';
import { type Reach, reachAddress } from './reach.ts';
import { type Asked, sendBy, sendByRoute } from './send.ts';

export type { ClientCertificate } from './client-certificate.ts';
export { type LogInTurns, makeLogInTurns } from './proxy/memory.ts';

/**
 * The one HTTP client of the product: keep-alive, no redirects, no retries. Resolves whatever the status; rejects with
 * Failure `net.*`, or with the signal's reason when the caller aborts. Safe concurrently.
 */
export interface Http {
  request(input: HttpRequest): Promise<HttpResponse>;
  /**
   * Looks at the way to `url` afresh, with no connection kept from before. No request is sent but for `HEAD /` to an
   * http address behind a proxy, which shows only then whether it lets one through. Never rejects but for the signal.
   */
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
  /** Shared by all clients that may log in at the same proxies; left out: its own. */
  turns?: LogInTurns | undefined;
}

export function makeHttp(options: HttpOptions): Http {
  const { clock } = options;
  const log = options.log.in('http');
  const outs = makeOuts(options.proxy, {
    ...options,
    turns: options.turns ?? makeLogInTurns(clock),
    fetch: (input) => outs.now().during(() => answerFor({ ...input, direct: true })),
  });

  async function answerFor(input: HttpRequest & { direct?: boolean }): Promise<HttpResponse> {
    const { url, peer } = target(input.url);
    const path = input.loggedPath ?? url.pathname;
    const started = clock.monotonic();
    const ending = makeEnding(clock, input.timeoutMs ?? defaults.timeoutMs, input.signal);
    const asked: Asked = {
      input,
      url,
      peer,
      ending,
      clock,
      userAgent: options.userAgent,
      maxBytes: defaults.maxBytes,
    };
    const out = outs.now();
    try {
      const answer = await out.during(() =>
        input.direct === true ? sendBy(direct, asked, out) : sendByRoute(asked, out),
      );
      log.debug(`${input.method} ${url.host}${path}`, {
        status: answer.status,
        ms: Math.round((clock.monotonic() - started) * 10) / 10,
      });
      return answer;
    } catch (thrown) {
      if (input.signal?.aborted) throw input.signal.reason;
      const failure =
        ending.late() && !(thrown instanceof Failure) ? timedOut(peer, thrown) : asFailure(thrown);
      log.debug(`${input.method} ${url.host}${path} failed`, { code: failure.code });
      throw failure;
    } finally {
      ending.clear();
    }
  }

  async function reach(input: Parameters<Http['reach']>[0]): Promise<Reach> {
    const { url, peer } = target(input.url);
    const ending = makeEnding(clock, input.timeoutMs ?? defaults.timeoutMs, input.signal);
    const out = outs.now();
    try {
      return await out.during(() => reachAddress({ ...input, url, peer, clock, ending }, out));
    } finally {
      ending.clear();
    }
  }

  return { request: (input) => answerFor(input), reach, close: () => outs.close() };
}

/** One outbound side at a time: when the setting is another object, the one before ends with its last request. */
function makeOuts(proxy: HttpOptions['proxy'], options: OutboundOptions) {
  let config: ProxyConfig | null = null;
  let out: Outbound | null = null;
  return {
    now(): Outbound {
      const present = proxy?.() ?? null;
      if (out === null || present !== config) {
        out?.retire();
        out = makeOutbound(present, options);
        config = present;
      }
      return out;
    },
    async close() {
      const last = out;
      out = null;
      await last?.destroy();
    },
  };
}

function target(text: string): { url: URL; peer: Peer } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new Failure('net.bad-address', `"${text.slice(0, 200)}" is not an http or https address.`, {
      hint: 'Use an absolute address that starts with https://.',
    });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = url.protocol === 'https:' ? 443 : 80;
  return { url, peer: { host, port: url.port === '' ? usual : Number(url.port) } };
}
