import type { SecureContext } from 'node:tls';
import type { buildConnector as connectors, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { type ClientCertificate, identityOf } from './client-certificate.ts';
import { isUntrusted, quickTrust, readTrust, type TrustSetting, wholeTrust } from './tls-trust.ts';

/** Ten seconds for TCP and TLS together: longer than any healthy handshake, shorter than a person's patience. */
const connectTimeoutMs = 10_000;

/** What a connection is opened with. */
export interface ConnectionTerms {
  /** Certificates (PEM) trusted for this server beside the machine's own. */
  trustedRootsPem?: string | null | undefined;
  /** Shown to a server that asks for one (mutual TLS). */
  clientCertificate?: ClientCertificate | undefined;
}

/** Connection pools, one per terms: what was opened under some is never used under others. */
export interface Dispatchers {
  /** `net.roots-unreadable` and `net.client-certificate-unusable` when the given certificates are none. */
  for(terms: ConnectionTerms): Dispatcher;
  close(): Promise<void>;
}

export function makeDispatchers(): Dispatchers {
  const made = new Map<string, Dispatcher>();
  return {
    for({ trustedRootsPem = null, clientCertificate }) {
      const name = `${trustedRootsPem ?? ''}|${identityOf(clientCertificate)}`;
      const known = made.get(name);
      if (known !== undefined) return known;
      const dispatcher = makeDispatcher(readTrust(trustedRootsPem), clientCertificate);
      made.set(name, dispatcher);
      return dispatcher;
    },
    async close() {
      const all = [...made.values()];
      made.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** The one place where a dispatcher is made. */
function makeDispatcher(trust: TrustSetting, shown: ClientCertificate | undefined): Dispatcher {
  return new Agent({ allowH2: false, connect: makeConnector(trust, shown) });
}

/**
 * Tries with little trust first, which is fast, and once more with the whole trust when that was not enough. With a
 * client certificate there is one try: its key is read here and now, and not kept for a second.
 */
function makeConnector(trust: TrustSetting, shown: ClientCertificate | undefined): connectors.connector {
  if (shown !== undefined) return connectorWith(wholeTrust(trust, shown));
  let quick: connectors.connector | null = null;
  let whole: connectors.connector | null = null;
  const withWhole: connectors.connector = (options, done) => {
    whole ??= connectorWith(wholeTrust(trust));
    whole(options, done);
  };
  return (options, done) => {
    if (whole !== null) {
      whole(options, done);
      return;
    }
    quick ??= connectorWith(quickTrust(trust));
    quick(options, (error, socket) => {
      if (error === null) done(null, socket);
      else if (isUntrusted((error as NodeJS.ErrnoException).code)) withWhole(options, done);
      else done(error, null);
    });
  };
}

function connectorWith(secureContext: SecureContext): connectors.connector {
  return buildConnector({ allowH2: false, timeout: connectTimeoutMs, secureContext });
}
