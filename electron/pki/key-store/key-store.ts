import type { Secret } from '../../secrets/secret.ts';

/** The kinds of key store there are, told by their first bytes, never by a name. */
export type KeyStoreFormat = 'pkcs12' | 'jks' | 'jceks';

/** The passwords of a key store. Java allows a key to have one of its own. */
export interface KeyStorePasswords {
  store: Secret;
  /** Of the keys that have no other; left out: that of the store. */
  key?: Secret | undefined;
  /** Of single keys, by alias as `sameAlias` compares them. */
  keys?: ReadonlyMap<string, Secret> | undefined;
}

export interface KeyStoreEntry {
  /** As it is written. An entry without a name has the number Java gives it; of `other` it is a description where it has none. */
  alias: string;
  /** `trust`: a certificate that Java trusts; `secret`: a symmetric key or a password; `other`: anything else that is carried over. */
  kind: 'key' | 'trust' | 'secret' | 'other';
  /** DER, leaf first; a trusted certificate alone; empty where there is none. */
  chain: Buffer[];
  /** Whether the given password opens this key; null: it was not tried, or it is no key. */
  keyOpens: boolean | null;
  /** How this entry itself is encrypted: `AES-256 (PBES2)`. Empty: it is not, or only together with others. */
  algorithms: string[];
  /** When Java says it was made, in epoch milliseconds. */
  date: number | null;
}

/** Programs that cannot open a key store, for what it is protected with. */
export type ClosedTo =
  | 'java-before-8u301'
  | 'windows-server-2016'
  | 'openssl-3-without-legacy'
  | 'all-but-java'
  | 'java'
  | 'all';

/** What a key store is protected with. */
export interface Protection {
  keys: string[];
  certificates: string[];
  /** What proves that it is whole. Null: nothing does. */
  integrity: string | null;
  closedTo: ClosedTo[];
  /** All of it in words for a person, in whole sentences. */
  sentence: string;
}

export interface KeyStore {
  format: KeyStoreFormat;
  /** In the order of the file. */
  entries: KeyStoreEntry[];
  protection: Protection;
  /** Why this store cannot be carried over whole, in one sentence; null: it can. */
  cannotRewrite: string | null;
}

/** A key with its certificates, to be put into a key store. */
export interface NewKeyEntry {
  /** An entry of the same alias is replaced when it is a key. Whoever adds one has 1 to 255 characters, none of control. */
  alias: string;
  /** PKCS#8, not encrypted: DER or PEM. */
  key: Secret;
  /** DER, leaf first, a root left out or not. */
  chain: readonly Uint8Array[];
  /** Of this key; left out: the one the old entry has, or that of the store. */
  keyPassword?: Secret | undefined;
  /** When it was made, in epoch milliseconds: Java shows it. */
  date: number;
  /**
   * At least 32 secret random bytes, from which salts and initialization vectors are derived: the same call gives the same bytes, and so
   * an interrupted one may be repeated. A seed of its own for every new entry.
   */
  seed: Secret;
}

/** How the store is to be protected: as it was when it is left out. Only PKCS#12 has a choice. */
export interface RewriteOptions {
  /** True: 3DES and SHA-1, which everything reads; false: AES-256 and SHA-256. */
  legacy?: boolean | undefined;
}

export interface RewrittenKeyStore {
  bytes: Buffer;
  /** What a person should know of what was written, in whole sentences; most often nothing. */
  remarks: string[];
}
