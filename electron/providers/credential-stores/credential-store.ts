import type { StoreReport } from '#shared/model/credential-store.ts';
import type { Secret } from '../../secrets/secret.ts';

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
  /** Ends timers and sessions (token renewal). Idempotent. */
  close(): Promise<void>;
}

/** What a store keeps between calls, sealed or plain, under its own id; given by compose. */
export interface StoreKeep {
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
