import { asFailure, Failure } from '#shared/failure.ts';
import { aliasKey, sameAlias } from '../../../pki/key-store/aliases.ts';
import type { KeyStore, KeyStoreEntry } from '../../../pki/key-store/key-store.ts';
import { readKeyStore } from '../../../pki/key-store/read-key-store.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { EndpointSecrets } from './tools.ts';

/** Passwords of one key store, for one piece of work. */
export interface StorePasswords {
  store: Secret;
  /** Of its keys; null: that of the store, or what a key that is replaced has. */
  key: Secret | null;
}

/** The secrets of an endpoint that is a key store, wiped when `work` is done. `secret.missing`, and what opening them rejects with. */
export async function withPasswords<T>(
  secrets: EndpointSecrets,
  work: (passwords: StorePasswords) => Promise<T>,
): Promise<T> {
  const store = await secrets.open('store_password');
  if (store === null)
    throw new Failure('secret.missing', 'There is no password for the key store.', {
      hint: 'Set it with --store_password-prompt.',
    });
  const key = await secrets.open('key_password').catch((error: unknown) => {
    store.wipe();
    throw error;
  });
  try {
    return await work({ store, key });
  } finally {
    store.wipe();
    key?.wipe();
  }
}

/** A key store that was read, and the keys in it that open with its own password though keys have another one. */
export interface ReadStore {
  store: KeyStore;
  /** As `entryKey` names them. */
  likeStore: ReadonlySet<string>;
}

/** A key that does not open with the password of keys is tried with that of the store. `key-store.*` */
export async function readStore(
  bytes: Uint8Array,
  { store: password, key }: StorePasswords,
  tryKeys: readonly string[] | 'all' = [],
): Promise<ReadStore> {
  const store = await readKeyStore(bytes, { store: password, key: key ?? undefined }, tryKeys);
  const closed = store.entries.filter(({ keyOpens }) => keyOpens === false).map(({ alias }) => alias);
  if (key === null || closed.length === 0) return { store, likeStore: new Set() };
  const { entries } = await readKeyStore(bytes, { store: password }, closed);
  const opened = new Set(
    entries.filter(({ keyOpens }) => keyOpens === true).map(({ alias }) => entryKey(alias)),
  );
  const tried = store.entries.map((one) =>
    one.keyOpens === false && opened.has(entryKey(one.alias)) ? { ...one, keyOpens: true } : one,
  );
  return { store: { ...store, entries: tried }, likeStore: opened };
}

/** A key store as it lies on a host. */
export interface StoreOnHost {
  /** As configured. */
  path: string;
  realPath: string;
  bytes: Buffer;
  store: KeyStore;
  likeStore: ReadStore['likeStore'];
}

/** Opens it. `tryKeys`: aliases of keys whose password is tried. `file.*`, and `key-store.*` with the path in its sentence. */
export async function storeOnHost(
  connection: HostConnection,
  path: string,
  passwords: StorePasswords,
  tryKeys: readonly string[] | 'all' = [],
): Promise<StoreOnHost> {
  const facts = await connection.stat(path);
  if (facts === null)
    throw new Failure(
      'file.missing',
      `There is no key store ${path} on ${connection.description}. It must already exist.`,
      { hint: 'Create it there, or correct the path.' },
    );
  if (facts.kind !== 'file')
    throw new Failure('file.not-a-file', `${path} on ${connection.description} is not a plain file.`, {
      hint: 'Use the path of the key store itself.',
    });
  const bytes = await connection.read(facts.realPath);
  try {
    return { path, realPath: facts.realPath, bytes, ...(await readStore(bytes, passwords, tryKeys)) };
  } catch (error) {
    throw named(error, `${path} on ${connection.description}`);
  }
}

/** The same failure with the path of the key store in its sentence. */
export function named(error: unknown, place: string): Failure {
  const failure = asFailure(error);
  const sentence = failure.message
    .replace(
      /^(.*?)\b(the key store)\b/i,
      (_all, before: string, what: string) => `${before}${what} ${place}`,
    )
    .replace(/^The file\b/, `The file ${place}`);
  return sentence === failure.message ? failure : failure.saying(sentence, { cause: error });
}

/** The entries that an alias names, whatever they are. */
export function entriesOf({ entries }: Pick<KeyStore, 'entries'>, alias: string): KeyStoreEntry[] {
  return entries.filter((one) => one.kind !== 'other' && sameAlias(one.alias, alias));
}

/** The key that an alias names; null: there is none. */
export function keyOf(store: Pick<KeyStore, 'entries'>, alias: string): KeyStoreEntry | null {
  return entriesOf(store, alias).find(({ kind }) => kind === 'key') ?? null;
}

/** What an entry is known by over discoveries. */
export const entryKey = aliasKey;

/** Why no key can be put under this alias; null: it can. */
export function whyNotEntry({ path, store }: StoreOnHost, alias: string): string | null {
  const found = entriesOf(store, alias);
  const [first] = found;
  if (store.cannotRewrite !== null)
    return `The key store ${path} cannot be carried over whole, so it is not changed. ${store.cannotRewrite}`;
  if (first === undefined) return null;
  if (found.length > 1)
    return `The key store ${path} has ${found.length} entries with the alias "${alias}". Rename or remove all of them but one.`;
  if (first.kind !== 'key')
    return `The alias "${alias}" in ${path} belongs to ${first.kind === 'trust' ? 'a trusted certificate' : 'a secret key'}, not to a private key. Choose another one with --alias.`;
  if (first.keyOpens === false)
    return `The password that is set does not open the key "${alias}" in ${path}, so the program that reads it would not open a new one either. Set its password with --key_password.`;
  return null;
}
