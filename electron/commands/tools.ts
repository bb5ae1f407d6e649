import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { readStart } from '#kit/read-start.ts';
import type { AgentStatus, KeychainState } from '#shared/contract/agent.ts';
import { Failure } from '#shared/failure.ts';
import type { CredentialStore, CredentialStoreKind } from '#shared/model/credential-store.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { ProxyReport, ProxyRoute, ProxySettings, ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import type { Agent } from '../agent/agent.ts';
import type { CredentialReader } from '../agent/credentials.ts';
import type { Database } from '../database/database.ts';
import type { KeepsAccount, Revokes } from '../providers/authorities/authority.ts';
import type {
  CredentialStore as CredentialStoreAdapter,
  StoreSealing,
  StoreState,
} from '../providers/credential-stores/credential-store.ts';
import type { ForeignDatabase } from '../secrets/adopt-database.ts';
import type { RotateOptions } from '../secrets/rotate-keys.ts';
import type { Resealed } from '../secrets/sealed-rows.ts';
import { Secret } from '../secrets/secret.ts';

/** What commands may do with the master key. */
interface MasterKeyControl {
  state(): KeychainState;
  choose(
    kind: 'os-keychain' | 'key-file' | 'passphrase',
    options?: { path?: string | undefined; passphrase?: Secret | undefined },
  ): Promise<unknown>;
  unlock(passphrase?: Secret): Promise<unknown>;
  recover(recoveryKey: Secret): Promise<unknown>;
  /** New keys for everything; `commit` carries the change out in one transaction. */
  rotate(options: RotateOptions): Promise<Resealed>;
  /** Hands the data key out, for a backup. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T;
  /** A new master key for a store out of a backup. */
  adopt(foreign: ForeignDatabase): Promise<void>;
  /** The recovery key, once; then null for ever. */
  takeRecoveryKey(): string | null;
}

/** The authorities as their registry knows them, by id. */
interface AuthorityControl {
  test(id: string): Promise<{ ok: boolean; checks: ProbeCheck[]; profiles: Record<string, string> }>;
  root(id: string): Promise<{ pem: string; fingerprint: string }>;
  /** Drops what is kept in memory: the row has changed. */
  forget(id: string): void;
  /** Sends the CA what it must hear of changed settings. Never rejects. */
  takeUp(id: string): Promise<void>;
  /** Throws `authority.no-account`. */
  account(id: string): KeepsAccount['account'];
  /** Rejects as `Revokes` does, and with `authority.no-revocation`. */
  revoke(id: string, revocation: Parameters<Revokes['revoke']>[0]): ReturnType<Revokes['revoke']>;
}

/** The credential stores as their registry knows them. */
export interface StoreControl {
  /** The adapter of a stored one. Throws `credential-store.not-found`. */
  get(id: string): CredentialStoreAdapter;
  /**
   * The adapter of a row that is stored nowhere yet, keeping in `state`. The caller closes it. `sameSecrets`: it may go on
   * with the login of the stored one.
   */
  draft(row: CredentialStore, state: StoreState, sameSecrets?: boolean): CredentialStoreAdapter;
  /** What a kind of store seals of what it is given. */
  sealing(kind: CredentialStoreKind): StoreSealing;
  /** The adapter that was tried is that of the stored row from now on. */
  adopt(id: string, tried: CredentialStoreAdapter): void;
  /** A store of our own, that describes itself by its name, is made again; others keep their login. */
  renamed(id: string): void;
  /** Closes the adapter and drops what was read from the store: the row has changed. */
  forget(id: string): void;
}

/** The outbound connection, as it is set and as it could be. */
interface ProxyControl {
  state(): ProxyState;
  /** Looks at the way to every address that the agent needs, or to `url` alone. Changes nothing. */
  test(url?: string): Promise<ProxyReport>;
  /** What the candidate would lose against the present setting; null: nothing. */
  tryOut(candidate: ProxyCandidate): Promise<ProxyTrip | null>;
  /** The sealed password, when it belongs to the same user at the same place. The caller wipes. */
  passwordKept(route: ProxyRoute): Secret | null;
  /** In the caller's transaction; in force after `settle`. With `confirmSeconds` it goes back by itself. */
  apply(candidate: ProxyCandidate, confirmSeconds?: number): ProxyState;
  /** In the caller's transaction, `settle` after it. Throws `proxy.nothing-to-confirm`. */
  confirm(): ProxyState;
  settle(): void;
}

export interface ProxyCandidate {
  settings: ProxySettings;
  /** Null: none. */
  password: Secret | null;
}

/** Everything a handler may use. Given by compose. */
export interface CommandTools {
  agent: Agent;
  database: Database;
  masterKey: MasterKeyControl;
  authorities: AuthorityControl;
  stores: StoreControl;
  /** Reads credentials at the moment of use; keeps them in memory for minutes. */
  credentials: CredentialReader;
  proxy: ProxyControl;
  clock: Clock;
  log: Log;
  version: string;
  face: AgentStatus['face'];
  dataDirectory: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Asks the program to end, after the answer went out. */
  requestStop(): void;
  /** A private key (or `what` is said) from a file of this machine. Parsing it is another's affair. */
  readKeyFile(path: string, what?: string): Promise<Secret>;
  /**
   * What an SSH private key is. Throws `private-key.unreadable`, `private-key.passphrase-needed`,
   * `private-key.passphrase-wrong`; `what` is for their sentences.
   */
  privateKeyFacts(key: Secret, passphrase: Secret | null, what: string): PrivateKeyFacts;
}

interface PrivateKeyFacts {
  /** As OpenSSH names it: `ssh-ed25519`. */
  type: string;
  /** `SHA256:…` of the public key, as OpenSSH prints it. */
  fingerprint: string;
  /** A passphrase is needed to open it. */
  encrypted: boolean;
}

const biggestKeyFile = 64 * 1024;

/** What is checked is what is read. A pipe is not waited for. */
export async function readKeyFile(path: string, what = 'private key'): Promise<Secret> {
  const bytes = await readStart(path, biggestKeyFile).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, what, error);
  });
  if (bytes.length > biggestKeyFile) throw keyFileFailure(`${path} is too large for a ${what}.`, what);
  if (bytes.length === 0) throw keyFileFailure(`${path} is empty.`, what);
  const secret = Secret.of(bytes);
  bytes.fill(0);
  return secret;
}

function unreadable(path: string, what: string, error: NodeJS.ErrnoException): Failure {
  if (error.code === 'ENOENT') return keyFileFailure(`There is no ${what} at ${path}.`, what, error);
  if (error.code === 'EISDIR') return keyFileFailure(`${path} is not a file.`, what);
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  return keyFileFailure(
    denied
      ? `The agent is not allowed to read the ${what} at ${path}.`
      : `The ${what} at ${path} cannot be read: ${error.message}.`,
    what,
    error,
  );
}

function keyFileFailure(sentence: string, what: string, cause?: unknown): Failure {
  return new Failure('key-file.unreadable', sentence, {
    hint: `Enter the path of a ${what} file on the agent's machine that the agent's account can read.`,
    cause,
  });
}
