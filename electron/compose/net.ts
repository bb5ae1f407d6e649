import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { version } from '#kit/version.ts';
import type { OutboundProxyParts } from '../agent/proxy.ts';
import { makeDns } from '../net/dns.ts';
import { type HttpOptions, type LogInTurns, makeHttp } from '../net/http.ts';
import { makeHttp01Responder } from '../net/http-01-responder.ts';
import { OwnPlaces } from '../net/own-places.ts';
import { unclearAnswer } from '../net/proxy/failures.ts';
import { makeTlsAlpn01Responder } from '../net/tls-alpn-01-responder.ts';

const userAgent = `Trustkeep/${version}`;

/** Looks at ways with a client of its own, so that nothing kept from before is taken for an answer. */
export function finderOver(clock: Clock, log: Log, turns: LogInTurns): OutboundProxyParts['finder'] {
  return (setting) => {
    const http = makeHttp({ userAgent, clock, log, turns, proxy: () => setting });
    return {
      reach: ({ url, trustedRootsPem }) => http.reach({ url, trustedRootsPem, timeoutMs: 10_000 }),
      async ask({ url, trustedRootsPem }) {
        const asked = { method: 'GET', url, trustedRootsPem, timeoutMs: 10_000 } as const;
        const { status, perhapsBy } = await http.request(asked);
        if (perhapsBy !== undefined) throw unclearAnswer(perhapsBy, new URL(url).host, status);
        return `The server answered ${status}.`;
      },
      close: () => http.close(),
    };
  };
}

/** HTTP client and responders are made when somebody needs them: many agents never do. */
export function lazyNet(clock: Clock, log: Log, turns: LogInTurns, proxy: HttpOptions['proxy']) {
  const places = new OwnPlaces();
  let http: ReturnType<typeof makeHttp> | null = null;
  let responder: ReturnType<typeof makeHttp01Responder> | null = null;
  let alpnResponder: ReturnType<typeof makeTlsAlpn01Responder> | null = null;
  return {
    http() {
      http ??= makeHttp({ userAgent, clock, log, turns, proxy });
      return http;
    },
    responder() {
      responder ??= makeHttp01Responder({ log, places });
      return responder;
    },
    alpnResponder() {
      alpnResponder ??= makeTlsAlpn01Responder({ log, places });
      return alpnResponder;
    },
    dns: () => makeDns(),
    async close() {
      await http?.close();
    },
  };
}
