import { Work } from '../work.ts';
import { explained } from './failures.ts';
import { rewriteJava } from './java-entries.ts';
import type { KeyStorePasswords, NewKeyEntry, RewriteOptions, RewrittenKeyStore } from './key-store.ts';
import { checkEntry } from './new-entry.ts';
import { formatOf } from './read-key-store.ts';
import { rewritePkcs12 } from './rewrite-pkcs12.ts';
import { Salts } from './salts.ts';

/**
 * The same key store with one key entry replaced or added; everything else is carried over, byte for byte where the format allows
 * it, or the change is refused. Certificates of the old entry that no other one uses go. The same input gives the same
 * bytes, and so does its own result put in again. Derives in slices and beside the loop. Failures as `readKeyStore`, and
 * `key-store.` `alias-taken` | `alias-ambiguous` | `cannot-rewrite` | `entry-unfit` | `key-password-wrong`.
 */
export async function withKeyEntry(
  bytes: Uint8Array,
  passwords: KeyStorePasswords,
  entry: NewKeyEntry,
  options: RewriteOptions = {},
): Promise<RewrittenKeyStore> {
  const work = new Work();
  try {
    const format = formatOf(bytes);
    const checked = checkEntry(entry);
    const salts = new Salts(entry.seed);
    try {
      const { legacy } = options;
      return format === 'pkcs12'
        ? await rewritePkcs12(bytes, entry, checked, { passwords, legacy, salts, work })
        : await rewriteJava(bytes, format, entry, checked, { passwords, salts, work });
    } finally {
      checked.pkcs8.fill(0);
      salts.wipe();
    }
  } catch (thrown) {
    throw explained(thrown);
  }
}
