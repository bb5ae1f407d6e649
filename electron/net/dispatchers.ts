import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { buildConnector as connectors, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { type ClientCertificate, identityOf } from './client-certificate.ts';
import type { Connector } from './connector.ts';
import { type ExpectedCertificate, expecting, withoutTrust } from './expected-certificate.ts';
import { direct, type Way, wayName } from './proxy/route.ts';
import { isUntrusted, quickTrust, readTrust, type TrustSetting, wholeTrust } from './tls-trust.ts';

/** Ten seconds for TCP and TLS together: longer than any healthy handshake, shorter than a person's patience. */
const connectTimeoutMs = 10_000;
/** A script may name a new proxy for each request: the pool used longest ago ends, once it is idle. */
const mostPools = 64;

/** What a connection is opened with. */
export interface ConnectionTerms {
  /** Certificates (PEM) trusted for this server beside the machine's own. */
  trustedRootsPem?: string | null | undefined;
  /** Shown to a server that asks for one (mutual TLS). */
  clientCertificate?: ClientCertificate | undefined;
  /** In place of every rule of trust. Left out: it must be trusted, valid and for the host. */
  expected?: ExpectedCertificate | undefined;
}

/** A way through a proxy, as far as TLS or the request itself can begin. */
type OpenWay = (way: Way & { kind: 'proxy' }, target: { host: string; port: number }) => Promise<Socket>;

/** Connection pools, one per way and terms: what was opened under some is never used under others. */
export interface Dispatchers {
  /** `net.roots-unreadable` and `net.client-certificate-unusable` when the given certificates are none. */
  for(terms: ConnectionTerms, way?: Way): Dispatcher;
  /** Ends every connection at once. */
  destroy(): Promise<void>;
}

export function makeDispatchers(openWay: OpenWay): Dispatchers {
  const made = new Map<string, Dispatcher>();
  return {
    for({ trustedRootsPem = null, clientCertificate, expected }, way = direct) {
      const name = `${wayName(way)}|${trustedRootsPem ?? ''}|${identityOf(clientCertificate)}|${expected ?? ''}`;
      const known = made.get(name);
      if (known !== undefined) {
        made.delete(name);
        made.set(name, known);
        return known;
      }
      const connector =
        expected === undefined
          ? makeConnector(readTrust(trustedRootsPem), clientCertificate)
          : expecting(expected, connectorWith(withoutTrust));
      const dispatcher = makeDispatcher(way.kind === 'direct' ? connector : through(way, openWay, connector));
      const [oldest] = made;
      if (oldest !== undefined && made.size >= mostPools) {
        made.delete(oldest[0]);
        void oldest[1].close().catch(() => {});
      }
      made.set(name, dispatcher);
      return dispatcher;
    },
    async destroy() {
      const all = [...made.values()];
      made.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** The one place where a dispatcher is made. */
function makeDispatcher(connect: connectors.connector): Dispatcher {
  return new Agent({ allowH2: false, connect });
}

/** The destination, with TLS where its address says so, inside a way that a proxy opened. */
function through(way: Way & { kind: 'proxy' }, openWay: OpenWay, connector: Connector): connectors.connector {
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const openSocket = () =>
      openWay(way, { host, port: Number(options.port) || (options.protocol === 'http:' ? 80 : 443) });
    connector(options, done, openSocket);
  };
}

/**
 * Tries with little trust first, which is fast, and once more with the whole trust when that was not enough. With a
 * client certificate there is one try: its key is read here and now, and not kept for a second.
 */
function makeConnector(trust: TrustSetting, shown: ClientCertificate | undefined): Connector {
  if (shown !== undefined) return connectorWith(wholeTrust(trust, shown));
  let quick: Connector | null = null;
  let whole: Connector | null = null;
  const withWhole: Connector = (options, done, openSocket) => {
    whole ??= connectorWith(wholeTrust(trust));
    whole(options, done, openSocket);
  };
  return (options, done, openSocket) => {
    if (whole !== null) {
      whole(options, done, openSocket);
      return;
    }
    quick ??= connectorWith(quickTrust(trust));
    const settle: connectors.Callback = (...[error, socket]) => {
      if (error === null) done(null, socket);
      else if (isUntrusted((error as NodeJS.ErrnoException).code)) withWhole(options, done, openSocket);
      else done(error, null);
    };
    quick(options, settle, openSocket);
  };
}

function connectorWith(trust: SecureContext | typeof withoutTrust): Connector {
  const rules = trust === withoutTrust ? withoutTrust : { secureContext: trust as SecureContext };
  const connect = buildConnector({ allowH2: false, timeout: connectTimeoutMs, ...rules });
  return (options, done, openSocket) => {
    if (openSocket === undefined) {
      connect(options, done);
      return;
    }
    openSocket().then(
      // without TLS the way itself is what the request goes over
      (httpSocket) =>
        options.protocol === 'http:' ? done(null, httpSocket) : connect({ ...options, httpSocket }, done),
      (error: Error) => done(error, null),
    );
  };
}
