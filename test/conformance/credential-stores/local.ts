import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { makeDatabase } from '#test/make/database.ts';
import { aCredential, aStore } from '#test/make/rows.ts';
import {
  planted,
  type StorePeer,
  type StoreShape,
  type StoreVariant,
  storeAdapter,
} from '#test/make/store-peers.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { credentialRows } from '../../../electron/agent/store-state.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

/** It is on this machine. */
export const shape: StoreShape = {
  needs: [],
  remote: false,
  passphrases: true,
  start,
};

async function start(log: Log): Promise<StorePeer> {
  const { database, remove } = makeDatabase();
  const row = aStore({ name: 'own' });
  database.credentialStores.insert(row);
  const sealed = (id: string, parts: Record<string, string>) => {
    const privateKey = { type: 'ssh-ed25519', fingerprint: 'SHA256:x', hasPassphrase: true };
    const credential = aCredential(row.id, id, {
      ...{ username: planted.username, hasPassword: 'password' in parts },
      privateKey: 'private-key' in parts ? privateKey : null,
    });
    database.credentials.insert(credential);
    for (const [name, value] of Object.entries(parts))
      database.secrets.put(credential.rowId, name, Secret.of(value));
  };
  sealed('web', { password: planted.password });
  sealed('key', { 'private-key': planted.privateKey, passphrase: planted.passphrase });
  const locked = () => {
    throw new Failure('keychain.locked', 'The master key is locked.', { hint: 'Unlock it.' });
  };
  const state = memoryStoreState();
  const make = ({ wrongLogin = false }: StoreVariant = {}) => {
    const open = credentialRows(database, wrongLogin ? locked : () => {})(row.id);
    const rows = wrongLogin ? { ...open, secret: locked } : open;
    return storeAdapter({ kind: 'local' }, { state, log, rows, name: 'own' });
  };
  return {
    ...{
      make,
      state,
      missing: 'credential.not-found',
      refused: /^keychain\.locked$/,
      refusedRetry: 'later',
      steps: ['log-in', 'read'],
      way: null,
    },
    ids: { password: 'web', key: 'key', unknown: 'nobody', bad: 'servers/web' },
    incidents: () => [],
    stop: async () => remove(),
  };
}
