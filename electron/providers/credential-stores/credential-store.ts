import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import type { Failure } from '#shared/failure.ts';
import type { Credential, CredentialStoreSettings, StoreReport } from '#shared/model/credential-store.ts';
import type { Http } from '../../net/http.ts';
import { Secret } from '../../secrets/secret.ts';

/** What a store gives for one id. The caller wipes the secrets. */
export interface StoredCredential {
  username: string | null;
  /** Windows or directory domain, where the store keeps one apart from the user name. */
  domain: string | null;
  password: Secret | null;
  /** As text: PEM, OpenSSH or PPK. */
  privateKey: Secret | null;
  passphrase: Secret | null;
  /** The store says that the password is being changed at this moment: what is given may be the old one. */
  changeInProcess: boolean;
  /** What the store said of it besides, for people: `version 3, written 2026-11-01`. No secret. */
  about: string[];
}

/** For what is no longer needed, or was read only to see that it can be read. */
export function wipeCredential({ password, privateKey, passphrase }: StoredCredential): void {
  for (const secret of [password, privateKey, passphrase]) secret?.wipe();
}

/**
 * A place that credentials are read from at the moment of use. Rejects with Failure `credential-store.*`,
 * `credential.*`, or `net.*` and `proxy.*` for the way there; `retry: later` means that it may go by itself.
 * Safe concurrently. Nothing read is kept by the store.
 */
export interface CredentialStore {
  /** For people: `HashiCorp Vault at vault.example.org:8200`. */
  readonly description: string;
  /** On this machine: reading again costs nothing, so what was read is not kept in memory. */
  readonly near?: boolean;
  /**
   * Resolve, connect, TLS, log in, read (when something to read is configured), each with its sentence; stops at the
   * first "no". Rejects only with the signal's reason.
   */
  verify(signal?: AbortSignal): Promise<StoreReport>;
  /**
   * `credential.not-found`, `credential.deleted`, `credential.denied`, `credential.bad-id`, `credential.ambiguous`,
   * `credential-store.login-refused`, `credential-store.sealed`, `credential-store.unexpected-answer` …
   */
  read(id: string, signal?: AbortSignal): Promise<StoredCredential>;
  /** From now on it is in use: it does in the background what keeps it working, whether or not anybody reads. Idempotent. */
  watch?(): void;
  /** One with other settings over the same login, closed apart from this one; null: what differs needs a login of its own. */
  withSettings?(settings: CredentialStoreSettings): CredentialStore | null;
  /** Ends timers and sessions (token renewal). Idempotent. */
  close(): Promise<void>;
}

/** What a store keeps between calls, sealed or plain, under its own id; given by compose. */
export interface StoreState {
  /** Null when there is none; throws `keychain.*` while locked. */
  secret(name: string): Secret | null;
  keepSecret(name: string, value: Secret): void;
  forgetSecret(name: string): void;
  note(name: string): string | null;
  keepNote(name: string, value: string | null): void;
}

/** Names under which the secrets of a store are sealed, its id being the owner. */
export const storeSecrets = {
  /** hashicorp, Token. */
  token: 'token',
  /** hashicorp: marks of a token that could look itself up once, and of one that is good for a number of calls. */
  tokenWasGood: 'token-was-good',
  tokenUsesLimited: 'token-uses-limited',
  /** hashicorp, AppRoleSecret: the SecretID itself (given plain, or as it was unwrapped). */
  secretId: 'secret-id',
  /** hashicorp: a wrapping token that was not used yet. Removed by the write that keeps what was in it. */
  wrappingToken: 'wrapping-token',
  /** cyberark: leaf and chain, PEM; private key, PKCS#8 PEM without a passphrase. */
  clientCertificate: 'client-certificate',
  clientKey: 'client-key',
  /** delinea-secret-server. */
  password: 'password',
} as const;

/** What an adapter is made of. */
interface StoreParts<S> {
  /** `cs_…` */
  id: string;
  name: string;
  settings: S;
  state: StoreState;
  clock: Clock;
  log: Log;
  http(): Http;
  /** The credentials that this agent keeps itself of the store. */
  rows(): LocalRows;
  /** In use, a person has to act: what it logs in with is lost, or will be. May be said again and again. */
  lost(why: Failure): void;
}

/** What this agent keeps itself of one store; given by compose. Synchronous. */
export interface LocalRows {
  find(id: string): Credential | null;
  /** The first ones by id. */
  first(limit: number): Credential[];
  count(): number;
  /** Null when there is none; `secret.damaged`; throws `keychain.*` while locked. */
  secret(rowId: string, name: SealedPart): Secret | null;
  /** Throws `keychain.*` when nothing sealed can be opened now. */
  mustBeOpen(): void;
}

export type SealedPart = 'password' | 'private-key' | 'passphrase';

/** By the names they are sealed under; null: to be forgotten. What is not in it stays as it is. */
export type SecretUpdates = Map<string, Secret | null>;

/** What a kind of store seals of what it is given, and how. */
export interface StoreSealing {
  /** Fields of the catalog whose value is sealed: under which names, and what goes when they go. */
  fields: Readonly<Record<string, { names: readonly string[]; besides?: readonly string[] }>>;
  /**
   * Adds what was named now. `readFile` reads a file of this machine; `what` is said of it in failures, which are
   * `input.invalid`, `key-file.unreadable` or those of its format.
   */
  take(flat: Flat, updates: SecretUpdates, readFile: ReadKeyFile): void | Promise<void>;
  /** What may come out of a secret that is good once, and is nowhere else then: stored even when the store is of no use yet. */
  onlyCopy: { name: string; usedUp: string; kept: string } | null;
}

export type ReadKeyFile = (path: string, what: string) => Promise<Secret>;

/** One kind of credential store as the agent knows it. */
export interface StoreProvider<S> {
  make(parts: StoreParts<S>): CredentialStore;
  sealing: StoreSealing;
  /** One in use must work before anybody reads from it: it renews what it logs in with. */
  watched: boolean;
}

/** A kind that seals nothing itself. */
export const sealsNothing: StoreSealing = { fields: {}, take() {}, onlyCopy: null };

/** Seals the text of one field under one name. */
export function takeText(flat: Flat, field: string, name: string, updates: SecretUpdates): void {
  const value = text(flat, field);
  if (value !== null) updates.set(name, Secret.of(value));
}
