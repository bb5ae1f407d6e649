import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { Keychain } from '../../electron/secrets/keychain.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';
import { Secret } from '../../electron/secrets/secret.ts';

export const place = { owner: 'ep_1', name: 'password' };

/** A keychain in memory that can be put into every state a real one can be in. */
export class Drawer implements Keychain {
  readonly kind: Keychain['kind'];
  readonly keys = new Map<string, Buffer>();
  trouble: Failure | null = null;
  refusesToKeep = false;
  sets = 0;
  constructor(kind: Keychain['kind']) {
    this.kind = kind;
  }
  async get(keyId: string): Promise<Buffer | null> {
    if (this.trouble !== null) throw this.trouble;
    const key = this.keys.get(keyId);
    return key === undefined ? null : Buffer.from(key);
  }
  async set(keyId: string, key: Buffer): Promise<void> {
    if (this.trouble !== null) throw this.trouble;
    if (this.refusesToKeep) throw new Failure('keychain.write-failed', 'It was not kept.');
    this.sets += 1;
    this.keys.set(keyId, Buffer.from(key));
  }
  async remove(keyId: string): Promise<void> {
    this.keys.delete(keyId);
  }
}

export const locked = new Failure('keychain.locked', 'The keychain is locked.');
export const unavailable = new Failure(
  'keychain.unavailable',
  'The keychain of this computer cannot be reached.',
);

function settings() {
  const rows = new Map<string, string>();
  return {
    rows,
    sealed: false,
    get: (name: string) => rows.get(name) ?? null,
    set(name: string, value: string) {
      rows.set(name, value);
    },
    remove(name: string) {
      rows.delete(name);
    },
    hasSealed() {
      return this.sealed;
    },
  };
}

export function machine() {
  const os = new Drawer('os-keychain');
  const files = new Map<string, Drawer>();
  const store = settings();
  const start = () => {
    const masterKey = new MasterKey({
      keychains: {
        os: () => os,
        keyFile: (path) => {
          const file = files.get(path) ?? new Drawer('key-file');
          files.set(path, file);
          return file;
        },
        passphrase: passphraseKeychain,
      },
      defaultKeyFile: '/data/master.key',
      log: silentLog,
    });
    masterKey.attach(store);
    return masterKey;
  };
  return { os, files, store, start };
}

/** A machine whose store exists, with one sealed value and the recovery key. */
export async function used() {
  const it = machine();
  const first = it.start();
  await first.unlock();
  const sealed = first.seal(place, Secret.of('hunter2'));
  const recoveryKey = Secret.of(first.takeRecoveryKey()!);
  return { ...it, sealed, recoveryKey };
}
