import type { ConnectionLogin } from '#shared/catalog/connections/definition.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { told } from '#shared/model/connection.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import { type StoredCredential, wipeCredential } from '../providers/credential-stores/credential-store.ts';
import type { CredentialReader, ReadCredential } from './credentials.ts';

/** Names under which an endpoint's login is sealed, with the endpoint's id as owner. */
const loginNames = {
  password: 'password',
  privateKey: 'private-key',
  passphrase: 'passphrase',
} as const;

/** Marks, as its cause, a failure to get the login: nothing was asked of the endpoint. */
class NotFetched extends Error {}

/** Whether the login could not even be got. */
export function isNotFetched(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof NotFetched;
}

/** What to log in with at this moment. The caller wipes it with `wipeLogin`. */
export interface Login {
  material: LoginMaterial;
  /** What the store gave; null: the login is the endpoint's own. */
  stored: ReadCredential | null;
}

/** Where logins come from. */
interface LoginSources {
  database: Database;
  credentials: CredentialReader;
}

/** The login of a stored endpoint, or of a draft whose own login is `given`. A failure to get it `isNotFetched`. */
export async function fetchLogin(
  sources: LoginSources,
  row: EndpointRow,
  options: {
    given?: LoginMaterial | undefined;
    fresh?: boolean | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<Login> {
  const { login } = told(row.connection);
  if (login === null) return { material: {}, stored: null };
  try {
    if (login.way === 'credential-store') return await fromStore(sources, row, login, options);
    return { material: options.given ?? ownLogin(sources.database, row.id), stored: null };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw notFetched(row, error);
  }
}

/** Also what came from memory: it is a copy. */
export function wipeLogin({ material }: Login): void {
  material.password?.wipe();
  material.privateKey?.wipe();
  material.passphrase?.wipe();
}

/** Whether logging in to the same endpoint with the one is the same as with the other. */
export function sameLogin(one: Login, other: Login): boolean {
  return (
    one.material.user === other.material.user &&
    (['password', 'privateKey', 'passphrase'] as const).every((part) => {
      const [a, b] = [one.material[part], other.material[part]];
      return a === undefined || b === undefined ? a === b : a.bytes().equals(b.bytes());
    })
  );
}

async function fromStore(
  { database, credentials }: LoginSources,
  row: EndpointRow,
  login: ConnectionLogin,
  { fresh, signal }: { fresh?: boolean | undefined; signal?: AbortSignal | undefined },
): Promise<Login> {
  const { store, storeCredentialId } = login;
  const name = store === null ? undefined : database.credentialStores.get(store)?.name;
  if (store === null || storeCredentialId === null || name === undefined) throw storeGone(row.name);
  const stored = await credentials.read(store, storeCredentialId, { fresh: fresh ?? false, signal });
  const source = `from credential "${storeCredentialId}" of store "${name}"`;
  const user = login.user === '' ? userOf(stored) : login.user;
  if (user === null) {
    wipeCredential(stored);
    throw new Failure(
      'credential.no-user-name',
      `The credential "${storeCredentialId}" of store "${name}" has no user name, and neither has the endpoint "${row.name}".`,
      { hint: 'Set one for the endpoint (--user), or add one to the credential.' },
    );
  }
  return {
    material: {
      user,
      password: stored.password ?? undefined,
      privateKey: stored.privateKey ?? undefined,
      passphrase: stored.passphrase ?? undefined,
      source,
    },
    stored,
  };
}

function userOf({ username, domain }: StoredCredential): string | null {
  if (username === null || username === '') return null;
  return domain === null || domain === '' ? username : `${domain}\\${username}`;
}

/** Unsealed at the moment of use. */
function ownLogin(database: Database, endpointId: string): LoginMaterial {
  const open = (name: string) => database.secrets.open(endpointId, name) ?? undefined;
  return {
    password: open(loginNames.password),
    privateKey: open(loginNames.privateKey),
    passphrase: open(loginNames.passphrase),
    source: 'kept for this endpoint',
  };
}

function storeGone(name: string): Failure {
  return new Failure(
    'credential-store.not-found',
    `The credential store that the login of "${name}" is read from no longer exists.`,
    { hint: 'Choose another store (--store), or set the login itself (--password or --ssh_key_path).' },
  );
}

/** The same failure, marked, and said of whose login it was. */
function notFetched(row: EndpointRow, error: unknown): Failure {
  const failure = asFailure(error);
  const { code } = failure;
  const sentence =
    code === 'credential-store.not-found' || code === 'credential.no-user-name'
      ? failure.message
      : `The login of "${row.name}" could not be read: ${failure.message}`;
  return failure.saying(sentence, { cause: new NotFetched(sentence, { cause: error }) });
}
