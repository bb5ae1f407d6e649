import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { systemClock } from '#kit/clock.ts';
import { newId } from '#kit/ids.ts';
import { silentLog } from '#kit/log.ts';
import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { Agent } from '../../electron/agent/agent.ts';
import type { Caller } from '../../electron/agent/caller.ts';
import type { CertificateWish } from '../../electron/agent/certificates/wishes.ts';
import { makeCredentialReader } from '../../electron/agent/credentials.ts';
import type { DomainCommands } from '../../electron/agent/domains.ts';
import { Events } from '../../electron/agent/events.ts';
import { WayOut } from '../../electron/agent/proxy.ts';
import type { WayFinder } from '../../electron/agent/proxy-doctor.ts';
import { credentialRows, storeKeep } from '../../electron/agent/store-keep.ts';
import { ensureDefaults } from '../../electron/commands/defaults.ts';
import { makeRouter } from '../../electron/commands/index.ts';
import { type CommandTools, readKeyFile } from '../../electron/commands/tools.ts';
import type { Database } from '../../electron/database/database.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { sealedRowsOf } from '../../electron/database/reseal.ts';
import { makeHttp } from '../../electron/net/http.ts';
import type { LoginMaterial } from '../../electron/providers/connections/connection.ts';
import { privateKeyFacts } from '../../electron/providers/connections/ssh/key-facts.ts';
import { CredentialStoreRegistry } from '../../electron/providers/credential-stores/registry.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Client } from '../../electron/transport/client.ts';
import { failureOf } from '../../electron/transport/client.ts';
import { tempDirectory } from './agent.ts';
import { Drawer } from './master-key.ts';
import { aSubject } from './rows.ts';

/** What the hand-made agent was asked, and what it answers. */
interface AgentScript {
  report: ProbeReport;
  hostKey: string | null;
  /** Thrown by the next probe of a draft. */
  refuse: Error | null;
  /** What others do while a draft is probed. */
  meanwhile: (() => Promise<unknown>) | null;
  probed: { draft: Endpoint; login: LoginMaterial }[];
  wishes: CertificateWish[];
  begun: { kind: TaskKind; endpointId: string; nodeId: string | null; caller: Caller }[];
  cancelled: string[];
  woken: number;
  /** What a person was told that a server asks for. */
  asked: string[];
}

type Begin = (kind: TaskKind, endpointId: string, nodeId: string | null, caller: Caller) => Task;

function beginner(database: Database, script: AgentScript): Begin {
  return (kind, endpointId, nodeId, caller) => {
    script.begun.push({ kind, endpointId, nodeId, caller });
    const task = makeTask({ kind, subject: aSubject({ endpointId, nodeId }), origin: caller.origin });
    database.tasks.insert({
      task,
      memory: { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
    });
    return task;
  };
}

function domainsOf(database: Database, script: AgentScript): DomainCommands {
  const begin = beginner(database, script);
  return {
    endpoints: {
      probeDraft: async (draft, login) => {
        script.probed.push({ draft, login });
        if (script.refuse !== null) throw script.refuse;
        await script.meanwhile?.();
        return { report: script.report, identity: script.hostKey };
      },
      probe: async () => script.report,
      restart: (id, caller) => begin('restart', id, null, caller),
    },
    discovery: { discover: (id, caller) => begin('discover', id, null, caller) },
    certificates: {
      request: (wish, caller) => {
        script.wishes.push(wish);
        return begin('certify', database.nodes.get(wish.nodeId)?.endpointId ?? '', wish.nodeId, caller);
      },
      renew: (nodeId, caller) =>
        begin('certify', database.nodes.get(nodeId)?.endpointId ?? '', nodeId, caller),
      preview: async () => {
        throw new Error('not in this script');
      },
      verify: async () => ({ state: 'same', fingerprint: null, sentence: 'As it should be.', at: 1 }),
    },
    upkeep: {},
  };
}

/** An agent that stores its tasks and carries none of them out. */
function scriptedAgent(database: Database, masterKey: MasterKey): { agent: Agent; script: AgentScript } {
  const script: AgentScript = {
    report: { ok: true, version: 'nginx 1.22', checks: [], at: 1 },
    hostKey: null,
    refuse: null,
    meanwhile: null,
    probed: [],
    wishes: [],
    begun: [],
    cancelled: [],
    woken: 0,
    asked: [],
  };
  const agent: Agent = {
    events: new Events(systemClock),
    start: async () => {},
    stop: async () => {},
    ...domainsOf(database, script),
    cancel: (id) => {
      script.cancelled.push(id);
      const row = database.tasks.get(id);
      if (row === null) throw new Error('no such task');
      return { ...row.task, state: 'cancelled' };
    },
    decide: () => {
      throw new Error('not in this script');
    },
    wake: () => {
      script.woken++;
    },
    askPerson: (sentence) => {
      script.asked.push(sentence);
    },
    keychainState: () => masterKey.state(),
  };
  return { agent, script };
}

export function makeTask(parts: Partial<Task> = {}): Task {
  return {
    id: newId('task'),
    kind: 'discover',
    subject: { kind: 'endpoint', id: 'ep_0000000000000000', name: 'web1', within: null },
    origin: 'cli',
    actor: null,
    outsideId: null,
    state: 'queued',
    steps: [],
    waitingFor: null,
    wakeAt: null,
    failure: null,
    restored: null,
    createdAt: 1,
    finishedAt: null,
    ...parts,
  };
}

/** No way is looked at here: each ends at its first step. */
const noWay: WayFinder = {
  reach: async () => ({
    ok: false,
    way: 'direct',
    steps: [{ name: 'resolve', ok: false, sentence: 'No name is resolved here.' }],
    certificate: null,
    interceptedBy: null,
  }),
  ask: async () => 'The server answered 200.',
  close: async () => {},
};

/** The commands over a real store and a real master key; only the agent's work is played. */
export async function makeCommands(options: { locked?: boolean; face?: CommandTools['face'] } = {}) {
  const directory = tempDirectory('commands');
  const masterKey = new MasterKey({
    keychains: {
      os: () => new Drawer('os-keychain'),
      keyFile: () => new Drawer('key-file'),
      passphrase: () => new Drawer('passphrase'),
    },
    defaultKeyFile: join(directory.path, 'master.key'),
    log: silentLog,
  });
  const database = openDatabase({
    path: join(directory.path, 'trustkeep.db'),
    clock: systemClock,
    log: silentLog,
    sealer: masterKey,
  });
  masterKey.attach(database.meta, sealedRowsOf(database, systemClock, silentLog));
  if (options.locked !== true) await masterKey.unlock();
  ensureDefaults(database, systemClock);
  const { agent, script } = scriptedAgent(database, masterKey);
  const forgotten: string[] = [];
  let stops = 0;
  const clock = systemClock;
  const log = silentLog;
  const http = makeHttp({ userAgent: 'Trustkeep/test', clock, log });
  const atHand = () => void masterKey.seal({ owner: 'none', name: 'none' }, Secret.of(''));
  const registry = new CredentialStoreRegistry(database.credentialStores, {
    clock,
    log,
    http: () => http,
    keep: storeKeep(database),
    local: credentialRows(database, atHand),
  });
  const credentials = makeCredentialReader({ store: (id) => registry.get(id), clock, log });
  const proxy = new WayOut({
    database,
    clock,
    log,
    changed: () => agent.events.changed('proxy', null),
    finder: () => noWay,
  });
  const tools: CommandTools = {
    agent,
    database,
    masterKey,
    authorities: {
      test: async () => ({ ok: true, checks: [], profiles: {} }),
      root: async () => ({ pem: 'PEM', fingerprint: 'ab'.repeat(32) }),
      forget: (id) => void forgotten.push(id),
    },
    stores: {
      get: (id) => registry.get(id),
      draft: (row, keep) => registry.draft(row, keep),
      sealing: (kind) => registry.sealing(kind),
      forget(id) {
        forgotten.push(id);
        registry.forget(id);
        credentials.forget(id);
      },
    },
    credentials,
    proxy,
    clock,
    log,
    version: '0.0.0',
    face: options.face ?? 'headless',
    dataDirectory: directory.path,
    startedAt: 1,
    requestStop: () => {
      stops++;
    },
    readKeyFile,
    privateKeyFacts,
  };
  const router = makeRouter(tools);
  const caller: Caller = { origin: 'cli', actor: 'tester' };
  const call: Client = createRouterClient(router, { context: { caller } });
  return {
    tools,
    database,
    masterKey,
    script,
    router,
    call,
    directory: directory.path,
    forgotten,
    stops: () => stops,
    /** All audit rows, oldest first. */
    audit: () => database.audit.list(undefined, 1000).reverse(),
    close() {
      proxy.stop();
      void registry.close();
      void http.close();
      database.close();
      directory.remove();
    },
  };
}

/** What a call failed with; throws when it did not fail. */
export async function failureFrom(call: Promise<unknown>) {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown === null) throw new Error('the call did not fail');
  return failureOf(thrown);
}

export function unguessable(): string {
  return randomBytes(12).toString('hex');
}
