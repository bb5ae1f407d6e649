import { WrongPassword } from '../password-cipher.ts';
import { UnknownAlgorithm } from '../password-scheme.ts';
import { TooMuch, type Work } from '../work.ts';
import { aliasKey, sameAlias } from './aliases.ts';
import { aliasAmbiguous, aliasTaken } from './failures.ts';
import {
  decryptJavaKey,
  encryptJavaKey,
  type JavaScheme,
  javaSchemeName,
  javaSchemeOf,
  usualRounds,
} from './java-key.ts';
import {
  type JavaEntry,
  type JavaFormat,
  openJavaStore,
  writeJavaStore,
  writeKeyEntry,
} from './java-store.ts';
import type {
  KeyStore,
  KeyStoreEntry,
  KeyStorePasswords,
  NewKeyEntry,
  RewrittenKeyStore,
} from './key-store.ts';
import type { CheckedEntry } from './new-entry.ts';
import { ownPassword } from './passwords.ts';
import { protectionOfJava } from './protection.ts';
import type { Salts } from './salts.ts';

/** Reads a JKS or JCEKS key store; `tries` says which keys are to be opened. Throws what `explained` knows. */
export async function readJava(
  bytes: Uint8Array,
  format: JavaFormat,
  { passwords, tries, work }: { passwords: KeyStorePasswords; tries: (alias: string) => boolean; work: Work },
): Promise<KeyStore> {
  const store = await openJavaStore(bytes, format, passwords.store.text(), work);
  const entries: KeyStoreEntry[] = [];
  for (const entry of store.entries) {
    const tried = entry.kind === 'key' && tries(entry.alias);
    const password = (ownPassword(entry.alias, passwords) ?? passwords.store).text();
    entries.push(shown(entry, tried ? await opens(entry, password, work) : null));
    if (work.due()) await work.pause();
  }
  const names = entries.flatMap(({ algorithms }) => algorithms);
  return { format, entries, protection: protectionOfJava(format, names), cannotRewrite: null };
}

function shown({ kind, alias, date, key, chain }: JavaEntry, keyOpens: boolean | null): KeyStoreEntry {
  const scheme = kind === 'key' ? javaSchemeOf(key) : null;
  const algorithms = scheme === null ? [] : [javaSchemeName(scheme)];
  return { alias, kind, chain, keyOpens, algorithms, date: Number.isNaN(date) ? null : date };
}

async function opens({ key }: JavaEntry, password: string, work: Work): Promise<boolean | null> {
  try {
    (await decryptJavaKey(key, password, work)).fill(0);
    return true;
  } catch (thrown) {
    if (thrown instanceof WrongPassword) return false;
    if (thrown instanceof TooMuch || thrown instanceof UnknownAlgorithm) return null;
    throw thrown;
  }
}

/** Puts a key entry into a JKS or JCEKS key store; all others stay byte for byte. Throws what `explained` knows. */
export async function rewriteJava(
  bytes: Uint8Array,
  format: JavaFormat,
  entry: NewKeyEntry,
  checked: CheckedEntry,
  { passwords, salts, work }: { passwords: KeyStorePasswords; salts: Salts; work: Work },
): Promise<RewrittenKeyStore> {
  const store = await openJavaStore(bytes, format, passwords.store.text(), work);
  const old = entryToReplace(store.entries, entry.alias);
  const scheme = schemeFor(store.entries, old, format);
  const own = old === null ? undefined : ownPassword(entry.alias, passwords);
  const password = (entry.keyPassword ?? own ?? passwords.store).text();
  const salt = await salts.of(checked.pkcs8, work);
  const key = await encryptJavaKey(checked.pkcs8, scheme, password, { bytes: salt, work });
  const { date } = entry;
  const alias = old?.alias ?? aliasKey(entry.alias);
  const written = writeKeyEntry({ alias, date, key, chain: checked.chain }, store.version);
  const raws = store.entries.map((one) => (one === old ? written : one.raw));
  const all = old === null ? [...raws, written] : raws;
  return { bytes: await writeJavaStore(store, all, passwords.store.text(), work), remarks: [] };
}

function entryToReplace(entries: readonly JavaEntry[], alias: string): JavaEntry | null {
  const same = entries.filter((one) => sameAlias(one.alias, alias));
  const keys = same.filter(({ kind }) => kind === 'key');
  if (keys.length > 1) throw aliasAmbiguous(alias, keys.length);
  const [other] = same;
  if (keys.length === 0 && other !== undefined && other.kind !== 'key') throw aliasTaken(alias, other.kind);
  return keys[0] ?? null;
}

/** As the old key was; else as another one is; else as Java does. */
function schemeFor(entries: readonly JavaEntry[], old: JavaEntry | null, format: JavaFormat): JavaScheme {
  for (const one of [...(old === null ? [] : [old]), ...entries]) {
    const scheme = one.kind === 'key' ? javaSchemeOf(one.key) : null;
    if (scheme !== null) return scheme;
  }
  return format === 'jks' ? { kind: 'jks' } : { kind: 'jceks', rounds: usualRounds };
}
