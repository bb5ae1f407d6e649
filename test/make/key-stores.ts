import type { NewKeyEntry } from '../../electron/pki/key-store/key-store.ts';
import { certificateDer, certificatesOf } from '../../electron/pki/pem.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { MadeLeaf } from './certificates.ts';

/** DER, in the order of the text. */
export const dersOf = (pem: string): Buffer[] => certificatesOf(pem).map((one) => certificateDer(one));

/** What is put into a key store, from a leaf that was made. */
export function entryOf(leaf: MadeLeaf, alias: string, more: Partial<NewKeyEntry> = {}): NewKeyEntry {
  return {
    alias,
    key: Secret.of(leaf.keyPem),
    chain: dersOf(leaf.chainPem),
    date: Date.UTC(2026, 1, 2),
    seed: Secret.of(Buffer.alloc(32, 7)),
    ...more,
  };
}
