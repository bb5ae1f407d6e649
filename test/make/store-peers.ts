import { type Clock, systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { CredentialStoreSettings } from '#shared/model/credential-store.ts';
import type { credentialRows } from '../../electron/agent/store-state.ts';
import { type Http, makeHttp } from '../../electron/net/http.ts';
import type {
  CredentialStore,
  StoreState,
} from '../../electron/providers/credential-stores/credential-store.ts';
import { CredentialStoreRegistry } from '../../electron/providers/credential-stores/registry.ts';
import { freePort } from '../servers/free-port.ts';
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts';
import { aStore } from './rows.ts';
import { memoryStoreState } from './store-state.ts';

/** How an adapter of the suite differs from one that works. */
export interface StoreVariant {
  /** Another login than the right one. */
  wrongLogin?: boolean;
  /** Without the CA of the server. */
  untrusted?: boolean;
  /** An address where nobody listens. */
  unreachable?: boolean;
  /** Id that `verify` reads; the one that is there unless said. */
  verify?: string | null;
}

/** What the suite runs over for one kind of store, and what that kind does not have; in `test/conformance/credential-stores/`. */
export interface StoreShape {
  /** Programs without which the peer cannot be. */
  needs: readonly string[];
  /** It is reached over a line that can be held and cut, and says with `verify` what it reads. */
  remote: boolean;
  /** A private key comes with its passphrase. */
  passphrases: boolean;
  start(log: Log): Promise<StorePeer>;
}

/** One kind of store with a peer behind it that holds two credentials. */
export interface StorePeer {
  /** An adapter over the state of this peer, made as the registry makes it. */
  make(variant?: StoreVariant): CredentialStore;
  state: ReturnType<typeof memoryStoreState>;
  /** Ids: of a user name with a password, of a private key with a passphrase (null: the kind has none), of nothing, of what cannot be one. */
  ids: { password: string; key: string | null; unknown: string; bad: string };
  /** Code of what an id ends with where nothing is: a store may hide whether anything is there. */
  missing: 'credential.not-found' | 'credential.denied';
  /** Codes of what a wrong login ends with. */
  refused: RegExp;
  /** A locked keychain may be open the next time; a login that a peer refused is a person's. */
  refusedRetry?: 'later';
  /** What `verify` looks at, in order. */
  steps: string[];
  /** Null: it is on this machine. */
  way: TcpProxy | null;
  /** Things that no careful client does. */
  incidents(): string[];
  stop(): Promise<void>;
}

/** Marked, so that they are found wherever they do not belong. */
export const planted = {
  username: 'deploy',
  password: 'Pw-marked-4471 "ö',
  privateKey:
    '-----BEGIN OPENSSH PRIVATE KEY-----\nS2V5LW1hcmtlZC00NDcx\n-----END OPENSSH PRIVATE KEY-----\n',
  passphrase: 'Phrase-marked-4471',
  login: 'Login-marked-4471',
} as const;

const overHttp = ['resolve', 'connect', 'tls', 'log-in', 'read'];

interface HttpPeer extends Pick<StorePeer, 'state' | 'ids' | 'incidents' | 'stop'> {
  missing?: StorePeer['missing'];
  log: Log;
  url: string;
  caPem: string;
  /** What is kept for the wrong login. */
  wrong: Record<string, string>;
  settings(
    url: string,
    verify: string | null,
    trustedRootsPem: string | null,
    wrongLogin: boolean,
  ): CredentialStoreSettings;
}

/** Everything goes through a line that can be held and cut. */
export async function peerOverHttp(peer: HttpPeer): Promise<StorePeer> {
  const { log, state, ids, incidents, missing = 'credential.not-found' } = peer;
  const way = await startTcpProxy(Number(new URL(peer.url).port));
  const nobody = await freePort();
  const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });
  const through = (port: number) => peer.url.replace(/:\d+/, `:${port}`);
  return {
    ...{ state, ids, incidents, way, missing, refused: /^credential-store\.login-refused$/, steps: overHttp },
    make({ wrongLogin = false, untrusted = false, unreachable = false, verify = ids.password } = {}) {
      const url = through(unreachable ? nobody : way.port);
      const settings = peer.settings(url, verify, untrusted ? null : peer.caPem, wrongLogin);
      const kept = wrongLogin ? memoryStoreState(peer.wrong) : state;
      return storeAdapter(settings, { state: kept, log, http, name: 'vault1' });
    },
    async stop() {
      await http.close();
      await way.stop();
      await peer.stop();
    },
  };
}

export function storeAdapter(
  settings: CredentialStoreSettings,
  tools: {
    state: StoreState;
    log: Log;
    name: string;
    http?: Http;
    rows?: ReturnType<ReturnType<typeof credentialRows>>;
    clock?: Clock;
  },
): CredentialStore {
  const { state, log, http, rows, name, clock = systemClock } = tools;
  const missing = () => {
    throw new Error('this kind needs none');
  };
  const registry = new CredentialStoreRegistry(
    { get: () => null },
    {
      ...{ clock, log, state: () => state, http: () => http ?? missing(), local: () => rows ?? missing() },
      lost: () => {},
    },
  );
  return registry.draft(aStore({ name, kind: settings.kind, settings }), state);
}
