import type { Secret } from '../../secrets/secret.ts';
import { aliasKey } from './aliases.ts';
import type { KeyStorePasswords } from './key-store.ts';

/** The password given for this key; undefined: that of the store. */
export function ownPassword(alias: string, { key, keys }: KeyStorePasswords): Secret | undefined {
  for (const [name, secret] of keys ?? []) if (aliasKey(name) === aliasKey(alias)) return secret;
  return key;
}

/** Java takes no others for a PKCS#12 file. */
export const isPrintableAscii = (password: Secret): boolean => /^[\x20-\x7e]*$/.test(password.text());
