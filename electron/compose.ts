import { join } from 'node:path';
import { type Clock, systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { type Log, silentLog } from '#kit/log.ts';
import { accountName, dataDirectory as usualDataDirectory } from '#kit/paths.ts';
import { version } from '#kit/version.ts';
import type { AgentStatus } from '#shared/contract/agent.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Agent } from './agent/agent.ts';
import { authorityKeep } from './agent/authority-keep.ts';
import { makeCredentialReader } from './agent/credentials.ts';
import { makeAgent } from './agent/make-agent.ts';
import { WayOut, type WayOutParts } from './agent/proxy.ts';
import type { OpenEndpoint } from './agent/sessions.ts';
import { readSettings } from './agent/settings.ts';
import type { LookAt } from './agent/steps/step.ts';
import { credentialRows, storeKeep } from './agent/store-keep.ts';
import { ensureDefaults } from './commands/defaults.ts';
import { makeRouter } from './commands/index.ts';
import { readKeyFile, type StoreControl } from './commands/tools.ts';
import { acquireAgentLock } from './database/agent-lock.ts';
import { backupWhenDue } from './database/backup.ts';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { putRestored } from './database/put-restored.ts';
import { sealedRowsOf } from './database/reseal.ts';
import { probeTls } from './discovery/tls-probe.ts';
import { type HttpOptions, type LogInTurns, makeHttp, makeLogInTurns } from './net/http.ts';
import { makeHttp01Responder } from './net/http-01-responder.ts';
import { AuthorityRegistry, type AuthorityTools } from './providers/authorities/registry.ts';
import type { HostConnection } from './providers/connections/connection.ts';
import { connect } from './providers/connections/registry.ts';
import { privateKeyFacts } from './providers/connections/ssh/key-facts.ts';
import { CredentialStoreRegistry, type StoreTools } from './providers/credential-stores/registry.ts';
import { makeEndpoint } from './providers/endpoints/registry.ts';
import { keyFileKeychain } from './secrets/key-file.ts';
import type { Keychain } from './secrets/keychain.ts';
import { MasterKey } from './secrets/master-key.ts';
import { osKeychain } from './secrets/os-keychain.ts';
import { passphraseKeychain } from './secrets/passphrase.ts';
import { Secret } from './secrets/secret.ts';
import type { LocalSocket } from './transport/local-socket.ts';
import { attachPort, type PortLike } from './transport/port.ts';

/** The seams: what tests replace. Everything left out is real. */
export interface Overrides {
  clock?: Clock;
  keychain?: () => Keychain;
  lookAt?: LookAt;
  /** Wraps every connection, to lose or slow it. */
  connection?: (made: HostConnection) => HostConnection;
  authorityTools?: Partial<AuthorityTools>;
  storeTools?: Partial<StoreTools>;
}

export interface ComposeOptions {
  face: AgentStatus['face'];
  dataDirectory?: string;
  log?: Log;
  overrides?: Overrides;
  /** Settings for this run only, before the stored ones. */
  settings?: Partial<Settings>;
  /** The program should end: somebody said `trustkeep stop`. */
  onStop?: () => void;
}

export interface Composed {
  readonly agent: Agent;
  readonly database: Database;
  readonly masterKey: MasterKey;
  readonly authorities: AuthorityRegistry;
  readonly router: ReturnType<typeof makeRouter>;
  readonly dataDirectory: string;
  /** `agent.start()`. */
  start(): Promise<void>;
  /** Opens the local socket for the command line. */
  listen(): Promise<void>;
  attachPort(port: PortLike): void;
  overview(): Overview;
  /** Lets running steps finish, then closes everything. Idempotent. */
  stop(graceMs?: number): Promise<void>;
}

/** A keychain that asks a person must not hold up the start: the agent starts, sealed work waits. */
const unlockPatienceMs = 3000;

/** Builds the parts and joins them: the only file that does. Rejects when the database cannot be used. */
export async function compose(options: ComposeOptions): Promise<Composed> {
  const { overrides = {} } = options;
  const log = options.log ?? silentLog;
  const clock = overrides.clock ?? systemClock;
  const dataDirectory = options.dataDirectory ?? usualDataDirectory();
  const lock = acquireAgentLock(dataDirectory, options.face);
  try {
    const masterKey = new MasterKey({
      keychains: {
        os: overrides.keychain ?? (() => osKeychain()),
        keyFile: keyFileKeychain,
        passphrase: passphraseKeychain,
      },
      defaultKeyFile: join(dataDirectory, 'master.key'),
      log: log.in('secrets'),
    });
    const path = join(dataDirectory, 'trustkeep.db');
    putRestored(path, log.in('database'));
    const database = openDatabase({ path, clock, log: log.in('database'), sealer: masterKey });
    masterKey.attach(database.meta, sealedRowsOf(database, clock, log.in('secrets')));
    ensureDefaults(database, clock);
    return joinParts({ options, clock, log, dataDirectory, lock, masterKey, database });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** To find out whether anything can be sealed. */
const nothing = Secret.of('');

interface Parts {
  options: ComposeOptions;
  clock: Clock;
  log: Log;
  dataDirectory: string;
  lock: { release(): void };
  masterKey: MasterKey;
  database: Database;
}

function joinParts(parts: Parts): Composed {
  const { options, clock, log, dataDirectory, masterKey, database } = parts;
  const { overrides = {} } = options;
  const turns = makeLogInTurns(clock);
  const wayOut = new WayOut({
    database,
    clock,
    log: log.in('proxy'),
    changed: () => agent.events.changed('proxy', null),
    finder: finderOver(clock, log, turns),
  });
  const net = lazyNet(clock, log, turns, () => wayOut.inForce());
  const authorities = new AuthorityRegistry(database.authorities, {
    clock,
    log,
    http: net.http,
    responder: net.responder,
    runScript: (argv, timeoutMs) => exec({ argv, timeoutMs, leavesBehind: true }),
    keep: authorityKeep(database),
    ...overrides.authorityTools,
  });
  const registry = new CredentialStoreRegistry(database.credentialStores, {
    clock,
    log: log.in('credential-stores'),
    http: net.http,
    keep: storeKeep(database),
    local: credentialRows(database, () => void masterKey.seal({ owner: 'none', name: 'none' }, nothing)),
    ...overrides.storeTools,
  });
  const credentials = makeCredentialReader({
    store: (id) => registry.get(id),
    clock,
    log: log.in('credentials'),
  });
  const stores: StoreControl = {
    get: (id) => registry.get(id),
    draft: (row, keep) => registry.draft(row, keep),
    sealing: (kind) => registry.sealing(kind),
    forget(id) {
      registry.forget(id);
      credentials.forget(id);
    },
  };
  const agent = makeAgent({
    database,
    clock,
    credentials,
    log: log.in('agent'),
    lookAt: overrides.lookAt ?? probeTls,
    settings: () => ({ ...readSettings(database), ...options.settings }),
    backUp: (olderThanMs) => void backupWhenDue(database, clock.now(), olderThanMs),
    openEndpoint: opener(database, clock, log, overrides),
    authority: (id) => authorities.get(id),
    keychainState: () => masterKey.state(),
    async unlock() {
      const patience = new AbortController();
      await Promise.race([
        masterKey.unlock(),
        clock.sleep(unlockPatienceMs, patience.signal).catch(() => {}),
      ]);
      patience.abort();
    },
  });
  const router = makeRouter({
    agent,
    database,
    masterKey,
    authorities,
    stores,
    credentials,
    proxy: wayOut,
    clock,
    log: log.in('commands'),
    version,
    face: options.face,
    dataDirectory,
    startedAt: clock.now(),
    requestStop: () => options.onStop?.(),
    readKeyFile,
    privateKeyFacts,
  });
  masterKey.onChange((state) => {
    agent.events.changed('secrets', null);
    if (state.state === 'ready') agent.wake();
  });
  wayOut.start(); // a trial that ran out goes back, whatever this process came for
  let socket: LocalSocket | null = null;
  let stopping: Promise<void> | null = null;
  const close = async (graceMs?: number): Promise<void> => {
    await agent.stop(graceMs);
    await socket?.close();
    wayOut.stop();
    await registry.close();
    credentials.forget();
    await net.close();
    database.close();
    parts.lock.release();
  };
  return {
    agent,
    database,
    masterKey,
    authorities,
    router,
    dataDirectory,
    async start() {
      await agent.start();
      registry.start(database.credentialStores.list().map(({ id }) => id));
    },
    async listen() {
      const { listenLocally } = await import('./transport/local-socket.ts');
      socket = await listenLocally(router, dataDirectory, log.in('socket'));
    },
    attachPort: (port) => attachPort(router, port, { origin: 'gui', actor: accountName() }),
    overview: () => database.overview(clock.now()),
    stop(graceMs) {
      stopping ??= close(graceMs);
      return stopping;
    },
  };
}

/** Connects and makes the adapter of an endpoint. */
function opener(database: Database, clock: Clock, log: Log, overrides: Overrides): OpenEndpoint {
  return async (row, login, wanted) => {
    const made = await connect(row.connection, login, { log: log.in('connections'), clock, ...wanted });
    const connection = overrides.connection?.(made) ?? made;
    const secrets = { open: (name: string) => database.secrets.open(row.id, name) };
    const tools = { clock, log: log.in(row.name), secrets };
    return { connection, endpoint: makeEndpoint(row.settings, connection, tools) };
  };
}

const userAgent = `Trustkeep/${version}`;

/** Looks at ways with a client of its own, so that nothing kept from before is taken for an answer. */
function finderOver(clock: Clock, log: Log, turns: LogInTurns): WayOutParts['finder'] {
  return (setting) => {
    const http = makeHttp({ userAgent, clock, log, turns, proxy: () => setting });
    return {
      reach: ({ url, trustedRootsPem }) => http.reach({ url, trustedRootsPem, timeoutMs: 10_000 }),
      async ask({ url, trustedRootsPem }) {
        const { status } = await http.request({ method: 'GET', url, trustedRootsPem, timeoutMs: 10_000 });
        return `The server answered ${status}.`;
      },
      close: () => http.close(),
    };
  };
}

/** HTTP client and responder are made when somebody needs them: many agents never do. */
function lazyNet(clock: Clock, log: Log, turns: LogInTurns, proxy: HttpOptions['proxy']) {
  let http: ReturnType<typeof makeHttp> | null = null;
  let responder: ReturnType<typeof makeHttp01Responder> | null = null;
  return {
    http() {
      http ??= makeHttp({ userAgent, clock, log, turns, proxy });
      return http;
    },
    responder() {
      responder ??= makeHttp01Responder({ clock, log });
      return responder;
    },
    async close() {
      await http?.close();
    },
  };
}
