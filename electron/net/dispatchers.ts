import type { buildConnector as connectors, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { isUntrusted, quickTrust, readTrust, type TrustSetting, wholeTrust } from './tls-trust.ts';

/** Ten seconds for TCP and TLS together: longer than any healthy handshake, shorter than a person's patience. */
const connectTimeoutMs = 10_000;

/** Connection pools, one per trust setting: what was opened under one trust is never used under another. */
export interface Dispatchers {
  /** `net.roots-unreadable` when the given certificates are none. */
  for(trustedRootsPem: string | null | undefined): Dispatcher;
  close(): Promise<void>;
}

export function makeDispatchers(): Dispatchers {
  const made = new Map<string | null, Dispatcher>();
  return {
    for(trustedRootsPem = null) {
      const known = made.get(trustedRootsPem);
      if (known !== undefined) return known;
      const dispatcher = makeDispatcher(readTrust(trustedRootsPem));
      made.set(trustedRootsPem, dispatcher);
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
function makeDispatcher(trust: TrustSetting): Dispatcher {
  return new Agent({ allowH2: false, connect: makeConnector(trust) });
}

/** Tries with little trust first, which is fast, and once more with the whole trust when that was not enough. */
function makeConnector(trust: TrustSetting): connectors.connector {
  let quick: connectors.connector | null = null;
  let whole: connectors.connector | null = null;
  const withWhole: connectors.connector = (options, done) => {
    whole ??= buildConnector({
      allowH2: false,
      timeout: connectTimeoutMs,
      secureContext: wholeTrust(trust),
    });
    whole(options, done);
  };
  return (options, done) => {
    if (whole !== null) {
      whole(options, done);
      return;
    }
    quick ??= buildConnector({
      allowH2: false,
      timeout: connectTimeoutMs,
      secureContext: quickTrust(trust),
    });
    quick(options, (error, socket) => {
      if (error === null) done(null, socket);
      else if (isUntrusted((error as NodeJS.ErrnoException).code)) withWhole(options, done);
      else done(error, null);
    });
  };
}
