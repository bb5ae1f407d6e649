import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { systemClock as clock } from '#kit/clock.ts';
import { silentLog as log } from '#kit/log.ts';
import type { Caller } from '../../electron/agent/caller.ts';
import { makeCredentialReader } from '../../electron/agent/credentials.ts';
import { OutboundProxy } from '../../electron/agent/proxy.ts';
import type { WayFinder } from '../../electron/agent/proxy-doctor.ts';
import { credentialRows, storeState } from '../../electron/agent/store-state.ts';
import { ensureDefaults } from '../../electron/commands/defaults.ts';
import { makeRouter } from '../../electron/commands/index.ts';
import { type CommandTools, readKeyFile } from '../../electron/commands/tools.ts';
import type { Database } from '../../electron/database/database.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { sealedRowsOf } from '../../electron/database/reseal.ts';
import { type Http, makeHttp } from '../../electron/net/http.ts';
import { privateKeyFacts } from '../../electron/providers/connections/ssh/key-facts.ts';
import { CredentialStoreRegistry } from '../../electron/providers/credential-stores/registry.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Client } from '../../electron/transport/client.ts';
import { failureOf } from '../../electron/transport/client.ts';
import { tempDirectory } from './agent.ts';
import { Drawer } from './master-key.ts';
import { scriptedAgent } from './scripted-agent.ts';

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

/** A real store in a directory of its own, with its master key. */
async function openStore(locked: boolean) {
  const directory = tempDirectory('commands');
  const masterKey = new MasterKey({
    keychains: {
      os: () => new Drawer('os-keychain'),
      keyFile: () => new Drawer('key-file'),
      passphrase: () => new Drawer('passphrase'),
    },
    defaultKeyFile: join(directory.path, 'master.key'),
    log,
  });
  const database = openDatabase({
    path: join(directory.path, 'trustkeep.db'),
    clock,
    log,
    sealer: masterKey,
  });
  masterKey.attach(database.meta, sealedRowsOf(database, clock, log));
  if (!locked) await masterKey.unlock();
  ensureDefaults(database, clock);
  return { directory, masterKey, database };
}

/** The credential stores of the database, and what reads them. */
function readStores(database: Database, masterKey: MasterKey, http: Http) {
  const atHand = () => void masterKey.seal({ owner: 'none', name: 'none' }, Secret.of(''));
  const registry = new CredentialStoreRegistry(database.credentialStores, {
    clock,
    log,
    http: () => http,
    state: storeState(database),
    local: credentialRows(database, atHand),
    lost: () => {},
  });
  const credentials = makeCredentialReader({ store: (id) => registry.get(id), clock, log });
  return { registry, credentials };
}

function storesOf(
  { registry, credentials }: ReturnType<typeof readStores>,
  forgotten: string[],
): CommandTools['stores'] {
  return {
    get: (id) => registry.get(id),
    draft: (...asked) => registry.draft(...asked),
    adopt: (id, tried) => registry.adopt(id, tried),
    renamed: (id) => registry.renamed(id),
    sealing: (kind) => registry.sealing(kind),
    forget(id) {
      forgotten.push(id);
      registry.forget(id);
      credentials.forget(id);
    },
  };
}

/** Every authority passes its test. */
function authoritiesOf(forgotten: string[]): CommandTools['authorities'] {
  return {
    test: async () => ({ ok: true, checks: [], profiles: {} }),
    root: async () => ({ pem: 'PEM', fingerprint: 'ab'.repeat(32) }),
    forget: (id) => void forgotten.push(id),
    takeUp: async () => {},
    account: () => {
      throw new Error('no account is played');
    },
    revoke: () => Promise.reject(new Error('no revocation is played')),
  };
}

/** The commands over a real store and a real master key; only the agent's work is played. */
export async function makeCommands(options: { locked?: boolean; face?: CommandTools['face'] } = {}) {
  const { directory, masterKey, database } = await openStore(options.locked === true);
  const { agent, script } = scriptedAgent(database, masterKey);
  const http = makeHttp({ userAgent: 'Trustkeep/test', clock, log });
  const read = readStores(database, masterKey, http);
  const changed = () => agent.events.changed('proxy', null);
  const reverted = (sentence: string) => agent.proxyReverted(sentence);
  const proxy = new OutboundProxy({ database, clock, log, changed, reverted, finder: () => noWay });
  const forgotten: string[] = [];
  let stops = 0;
  const tools: CommandTools = {
    ...{ agent, database, masterKey, proxy, clock, log, readKeyFile, privateKeyFacts },
    authorities: authoritiesOf(forgotten),
    stores: storesOf(read, forgotten),
    credentials: read.credentials,
    version: '0.0.0',
    face: options.face ?? 'headless',
    dataDirectory: directory.path,
    startedAt: 1,
    requestStop: () => void stops++,
  };
  const router = makeRouter(tools);
  const caller: Caller = { origin: 'cli', actor: 'tester' };
  const call: Client = createRouterClient(router, { context: { caller } });
  return {
    ...{ tools, database, masterKey, script, router, call, forgotten },
    directory: directory.path,
    stops: () => stops,
    /** All audit rows, oldest first. */
    audit: () => database.audit.list(undefined, 1000).reverse(),
    close() {
      proxy.stop();
      void read.registry.close();
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
