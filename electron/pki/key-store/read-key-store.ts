import { Work } from '../work.ts';
import { aliasKey } from './aliases.ts';
import { explained, notAKeyStore, tooMuch } from './failures.ts';
import { readJava } from './java-entries.ts';
import type { KeyStore, KeyStoreFormat, KeyStorePasswords } from './key-store.ts';
import { readPkcs12 } from './read-pkcs12.ts';

/** A key store of 10,000 entries has about 50 MB. */
const mostBytes = 64 * 2 ** 20;

/**
 * Reads a key store and proves with the password that it is whole. `tryKeys`: aliases of keys that are opened to see whether
 * their password is right, each of which takes a derivation; none when it is left out, and none beyond what is reasonable in all.
 * Derives in slices and beside the loop; `bytes` must stay as they are meanwhile. Whatever the input, a Failure `key-store.*` and
 * nothing else: `wrong-password`, `wrong-password-or-damaged`, `unsupported`, `corrupt`, `too-much`, `unknown-kind`.
 */
export async function readKeyStore(
  bytes: Uint8Array,
  passwords: KeyStorePasswords,
  tryKeys: readonly string[] | 'all' = [],
): Promise<KeyStore> {
  const work = new Work();
  const wanted = tryKeys === 'all' ? null : new Set(tryKeys.map(aliasKey));
  const tries = (alias: string): boolean => wanted === null || wanted.has(aliasKey(alias));
  try {
    const format = formatOf(bytes);
    return format === 'pkcs12'
      ? await readPkcs12(bytes, passwords, tries, work)
      : await readJava(bytes, format, { passwords, tries, work });
  } catch (thrown) {
    throw explained(thrown);
  }
}

/** By the first bytes alone: a name says nothing. Failure `key-store.unknown-kind` or `key-store.too-much`. */
export function formatOf(bytes: Uint8Array): KeyStoreFormat {
  if (bytes.length > mostBytes) throw tooMuch('more than 64 MB');
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64));
  const magic = start.toString('hex', 0, 4);
  if (magic === 'feedfeed') return 'jks';
  if (magic === 'cececece') return 'jceks';
  if (start.length === 0) throw notAKeyStore('it is empty');
  if (start.toString('latin1').includes('-----BEGIN ')) throw notAKeyStore('it is a PEM file');
  if (start[0] !== 0x30) throw notAKeyStore('it begins as none of them does');
  return 'pkcs12';
}
