import { hostname } from 'node:os';
import { type Clock, systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { type Log, silentLog } from '#kit/log.ts';
import { accountName, dataDirectory as usualDataDirectory } from '#kit/paths.ts';
import { version } from '#kit/version.ts';
import type { AgentStatus } from '#shared/contract/agent.ts';
import type { Failure } from '#shared/failure.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Agent } from './agent/agent.ts';
import { authorityState } from './agent/authority-state.ts';
import { makeAgent } from './agent/make-agent.ts';
import { overviewOf } from './agent/overview.ts';
import { OutboundProxy } from './agent/proxy.ts';
import { readSettings } from './agent/settings.ts';
import type { Updater } from './agent/updates/updater.ts';
import { ensureDefaults } from './commands/defaults.ts';
import { makeRouter } from './commands/index.ts';
import { readKeyFile } from './commands/tools.ts';
import { type DesktopQuestions, desktopQuestions } from './compose/desktop-questions.ts';
import { makeDoors } from './compose/doors.ts';
import { masterKeyOf } from './compose/master-key.ts';
import { finderOver, lazyNet } from './compose/net.ts';
import { type GoneDecision, openData } from './compose/open-data.ts';
import { openEndpoint } from './compose/open-endpoint.ts';
import type { Overrides } from './compose/overrides.ts';
import { joinStores } from './compose/stores.ts';
import { unlockPatiently } from './compose/unlock.ts';
import { updateParts } from './compose/updates.ts';
import { backupWhenDue } from './database/backup.ts';
import type { Database } from './database/database.ts';
import { sealedRowsOf } from './database/reseal.ts';
import { acceptsConnections } from './discovery/tcp-probe.ts';
import { probeTls } from './discovery/tls-probe.ts';
import { makeLogInTurns } from './net/http.ts';
import { machineRoots } from './net/tls-trust.ts';
import { AuthorityRegistry } from './providers/authorities/registry.ts';
import { channelsOver } from './providers/channels/registry.ts';
import { privateKeyFacts } from './providers/connections/ssh/key-facts.ts';
import type { MasterKey } from './secrets/master-key.ts';
import { attachPort, type PortLike } from './transport/port.ts';

export interface ComposeOptions {
  face: AgentStatus['face'];
  dataDirectory?: string;
  log?: Log;
  overrides?: Overrides;
  /** Settings for this run only, before the stored ones. */
  settings?: Partial<Settings>;
  /** False: a data directory without a database is refused (`database.missing`), and nothing is made there. */
  begins?: boolean;
  /** What a person decided where the database is gone; without it that is refused (`database.gone…`). */
  ifGone?: GoneDecision;
  /** What replaces this program by another version; left out: nothing here does. */
  updater?: Updater;
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
  /** Opens a second one for the group of that directory. */
  listenForGroup(directory: string): Promise<void>;
  attachPort(port: PortLike): void;
  overview(): Overview;
  /** What the desktop asks besides. */
  readonly questions: DesktopQuestions;
  /** Lets running steps finish, then closes everything. Idempotent. */
  stop(graceMs?: number): Promise<void>;
}

/** Builds the parts and joins them: with `compose/`, the only place that does. Rejects when the database cannot be used. */
export async function compose(options: ComposeOptions): Promise<Composed> {
  const { overrides = {} } = options;
  const log = options.log ?? silentLog;
  const clock = overrides.clock ?? systemClock;
  const dataDirectory = options.dataDirectory ?? usualDataDirectory();
  const masterKey = masterKeyOf(dataDirectory, log.in('secrets'), overrides.keychain);
  const { face, begins, ifGone } = options;
  const { lock, database } = openData({ dataDirectory, face, clock, log, sealer: masterKey, begins, ifGone });
  try {
    masterKey.attach(database.meta, sealedRowsOf(database, clock, log.in('secrets')));
    ensureDefaults(database, clock);
    return joinParts({ options, clock, log, dataDirectory, lock, masterKey, database });
  } catch (error) {
    lock.release();
    throw error;
  }
}

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
  const joined = buildParts(parts);
  const { masterKey } = parts;
  masterKey.onChange((state) => {
    joined.agent.events.changed('secrets', null);
    if (state.state === 'ready') joined.agent.wake();
  });
  joined.outbound.start(); // a trial that ran out goes back, whatever this process came for
  return composedOf(parts, joined, routerOf(parts, joined));
}

type Joined = ReturnType<typeof buildParts>;

function buildParts({ options, clock, log, dataDirectory, masterKey, database }: Parts) {
  const { overrides = {} } = options;
  const look = overrides.probeTls ?? probeTls;
  const turns = makeLogInTurns(clock);
  const outbound = new OutboundProxy({
    database,
    clock,
    log: log.in('proxy'),
    changed: () => agent.events.changed('proxy', null),
    reverted: (sentence) => agent.proxyReverted(sentence),
    finder: finderOver(clock, log, turns),
  });
  const net = lazyNet(clock, log, turns, () => outbound.inForce());
  const authorities = new AuthorityRegistry(database.authorities, {
    clock,
    log,
    http: net.http,
    responder: net.responder,
    alpnResponder: net.alpnResponder,
    dns: net.dns,
    runScript: (argv, timeoutMs) => exec({ argv, timeoutMs, leavesBehind: true }),
    state: authorityState(database),
    ...overrides.authorityTools,
  });
  const lost = (store: string, why: Failure) => agent.loginLost(store, why);
  const storeTools = { http: net.http, lost, overrides: overrides.storeTools };
  const stores = joinStores({ database, masterKey, clock, log, ...storeTools });
  const agent = makeAgent({
    database,
    clock,
    credentials: stores.credentials,
    log: log.in('agent'),
    probeTls: look,
    acceptsConnections,
    settings: () => settingsOf({ database, options }),
    backUp: (olderThanMs) => void backupWhenDue(database, clock.now(), olderThanMs),
    openEndpoint: openEndpoint({ clock, log, http: net.http, probeTls: look, wrap: overrides.connection }),
    authority: (id) => authorities.get(id),
    atTestDirectory: (id) => authorities.atTestDirectory(id),
    channel: channelsOver({
      get: (id) => database.channels.get(id),
      secret: (id, name) => database.secrets.open(id, name),
      http: net.http,
    }),
    machine: hostname(),
    machineRoots,
    updates: updateParts(dataDirectory, net.http, options.updater, overrides.updates),
    keychainState: () => masterKey.state(),
    unlock: () => unlockPatiently(masterKey, clock),
  });
  return { outbound, net, authorities, stores, agent };
}

const settingsOf = ({ database, options }: Pick<Parts, 'database' | 'options'>): Settings => ({
  ...readSettings(database),
  ...options.settings,
});

function routerOf(parts: Parts, { agent, authorities, stores, outbound }: Joined) {
  const { options, clock, log, dataDirectory, masterKey, database } = parts;
  return makeRouter({
    agent,
    database,
    masterKey,
    authorities,
    stores: stores.control,
    credentials: stores.credentials,
    proxy: outbound,
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
}

function composedOf(parts: Parts, joined: Joined, router: Composed['router']): Composed {
  const { clock, log, dataDirectory, masterKey, database } = parts;
  const { agent, authorities, stores, outbound, net } = joined;
  const doors = makeDoors(router, dataDirectory, log.in('socket'));
  let stopping: Promise<void> | null = null;
  const close = async (graceMs?: number): Promise<void> => {
    await agent.stop(graceMs);
    await doors.close();
    outbound.stop();
    await stores.registry.close();
    stores.credentials.forget();
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
      stores.registry.start(database.credentialStores.list().map(({ id }) => id));
    },
    listen: doors.listen,
    listenForGroup: doors.listenForGroup,
    attachPort: (port) => attachPort(router, port, { origin: 'gui', actor: accountName() }),
    overview: () => overviewOf(database, clock.now()),
    questions: desktopQuestions({ agent, database, clock, router, settings: () => settingsOf(parts) }),
    stop(graceMs) {
      stopping ??= close(graceMs);
      return stopping;
    },
  };
}
