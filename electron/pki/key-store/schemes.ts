import type { PasswordScheme } from '../password-scheme.ts';
import type { Mac } from './pfx-mac.ts';

/** Rounds of what is new: what keytool writes since Java 17. */
const rounds = 10_000;
/** Its contents do not count: each place gets a salt of its own. */
const salt = Buffer.alloc(16);

const modernScheme = {
  kind: 'pbes2',
  cipher: 'AES-256',
  derivation: { kdf: 'pbkdf2', hash: 'sha256', salt, rounds, keyLength: null },
  iv: Buffer.alloc(16),
} satisfies PasswordScheme;
const legacyScheme = { kind: 'pkcs12', cipher: '3DES', salt, rounds } satisfies PasswordScheme;
const modernMac = { kind: 'pkcs12', hash: 'sha256', salt, rounds } satisfies Mac;
const legacyMac = { kind: 'pkcs12', hash: 'sha1', salt, rounds } satisfies Mac;

/** What `legacy` asks for; undefined asks for nothing. */
export type Legacy = boolean | undefined;

const isOld = (scheme: PasswordScheme): boolean => scheme.kind !== 'pbes2';
/** Of what is read and not written: ciphers of 40 and 56 bits, and RC2, which no library offers any more. */
export const isGone = (scheme: PasswordScheme): boolean =>
  scheme.kind === 'pbes1' || (scheme.kind === 'pkcs12' && scheme.cipher.startsWith('RC2'));

/** Whether something may stay as it is. */
export function staysAsItIs(scheme: PasswordScheme, legacy: Legacy): boolean {
  if (legacy === undefined) return true;
  return legacy
    ? scheme.kind === 'pkcs12'
    : scheme.kind === 'pbes2' && scheme.cipher !== '3DES' && scheme.derivation.kdf === 'pbkdf2';
}

/**
 * How something is written that was protected so before (salts are exchanged afterwards): the same way, but what is gone as
 * 3DES, and what `legacy` does not allow as it asks for.
 */
export function schemeInPlaceOf(was: PasswordScheme, legacy: Legacy): PasswordScheme {
  if (legacy === false) return staysAsItIs(was, false) ? was : modernScheme;
  if (legacy === true && isOld(was) === false) return legacyScheme;
  if (!isGone(was)) return was;
  return was.kind === 'pbes2' ? legacyScheme : { ...legacyScheme, rounds: was.rounds };
}

/** How something is written for which nothing in the store is an example. */
export const newScheme = (legacy: Legacy): PasswordScheme => (legacy === true ? legacyScheme : modernScheme);

export const newMac = (legacy: Legacy): Mac => (legacy === true ? legacyMac : modernMac);

/** A MAC that not even its writer reads becomes the one it stood for; a store without one gets none. */
export function macInPlaceOf(was: Mac | null, legacy: Legacy): Mac | null {
  if (was === null) return null;
  const count = was.kind === 'pbmac1' ? was.derivation.rounds : was.rounds;
  if (legacy === true)
    return was.kind === 'pkcs12' && was.hash === 'sha1' ? was : { ...legacyMac, rounds: count };
  if (was.kind === 'hmac') return { ...was, kind: 'pkcs12' };
  const weak = was.kind === 'pkcs12' && was.hash === 'sha1';
  return legacy === false && weak ? { ...modernMac, rounds: count } : was;
}
