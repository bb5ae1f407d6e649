import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Failure } from '#shared/failure.ts';
import { makeCredentialReader } from '../agent/credentials.ts';
import { credentialRows, storeState } from '../agent/store-state.ts';
import type { StoreControl } from '../commands/tools.ts';
import type { Database } from '../database/database.ts';
import { CredentialStoreRegistry, type StoreTools } from '../providers/credential-stores/registry.ts';
import type { MasterKey } from '../secrets/master-key.ts';
import { Secret } from '../secrets/secret.ts';

interface StoreParts {
  database: Database;
  masterKey: MasterKey;
  clock: Clock;
  log: Log;
  http: StoreTools['http'];
  lost(storeName: string, why: Failure): void;
  overrides: Partial<StoreTools> | undefined;
}

/** To find out whether anything can be sealed. */
const nothing = Secret.of('');

/** Credential stores, what reads from them, and what commands may do to them: a store that is forgotten is forgotten by both. */
export function joinStores({ database, masterKey, clock, log, http, overrides, ...parts }: StoreParts) {
  const lost = (id: string, why: Failure) => {
    const row = database.credentialStores.get(id);
    if (row !== null) parts.lost(row.name, why);
  };
  const registry = new CredentialStoreRegistry(database.credentialStores, {
    clock,
    log: log.in('credential-stores'),
    http,
    state: storeState(database),
    local: credentialRows(database, () => void masterKey.seal({ owner: 'none', name: 'none' }, nothing)),
    lost,
    ...overrides,
  });
  const credentials = makeCredentialReader({
    store: (id) => registry.get(id),
    lost,
    clock,
    log: log.in('credentials'),
  });
  const control: StoreControl = {
    get: (id) => registry.get(id),
    draft: (...asked) => registry.draft(...asked),
    sealing: (kind) => registry.sealing(kind),
    adopt: (id, tried) => registry.adopt(id, tried),
    renamed: (id) => registry.renamed(id),
    forget(id) {
      registry.forget(id);
      credentials.forget(id);
    },
  };
  return { registry, credentials, control };
}
