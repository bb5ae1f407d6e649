import { createHash } from 'node:crypto';
import { readKeyStore } from '../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../electron/pki/key-store/with-key-entry.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { dersOf } from './key-stores.ts';

/** Puts a key into a store of the password `pw`, opens all keys of the result, and tells its entries and its hash. */
export async function rewritten(bytes: Buffer, certPem: string, keyPem: string): Promise<string> {
  const store = Secret.of('pw');
  const seed = Secret.of(Buffer.alloc(32, 5));
  const entry = { alias: 'new', key: Secret.of(keyPem), chain: dersOf(certPem), date: 0, seed };
  const { bytes: written } = await withKeyEntry(bytes, { store }, entry);
  const { entries } = await readKeyStore(written, { store }, 'all');
  const shown = entries.map(({ alias, kind, keyOpens }) => `${alias} ${kind} ${keyOpens}`);
  return `${shown.join(', ')} ${createHash('sha256').update(written).digest('hex')}`;
}
