import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import type { ConnectTools, LoginMaterial, SeenIdentity } from '../providers/connections/connection.ts';
import type { CredentialReader } from './credentials.ts';
import { type GivenSecrets, type OpenSecret, secretOpener } from './endpoint-secrets.ts';
import { fetchLogin, type Login, sameLogin, wipeLogin } from './logins.ts';
import type { OpenConnection } from './steps/step.ts';

/** Given by compose: connects and makes the adapter. The only place where the families' registries meet the agent. */
export type OpenEndpoint = (
  row: EndpointRow,
  login: LoginMaterial,
  tools: Pick<ConnectTools, 'signal' | 'anotherLogin'> & { onIdentity: (seen: SeenIdentity) => void } & {
    openSecret: OpenSecret;
  },
) => Promise<OpenConnection>;

/** What opening an endpoint takes. */
export interface OpenConnectionParts {
  database: Database;
  openEndpoint: OpenEndpoint;
  credentials: CredentialReader;
  clock: Clock;
  log: Log;
}

/** How long a login that is being changed is given, once. */
const changeWait = {
  afterMs: 3000,
  because: 'a vault sets the new password on the host and stores it within seconds',
};

/**
 * Connects to a stored endpoint; what waits to be cleared up there is due then, but not where it is reached to clear up: what two
 * tasks left would have each other tried without end. An identity seen for the first time is pinned, with an audit row.
 */
export async function openStored(
  parts: OpenConnectionParts,
  endpointId: string,
  signal?: AbortSignal,
  why: 'for work' | 'to clear up' = 'for work',
): Promise<OpenConnection> {
  const { database, clock } = parts;
  const row = database.endpoints.get(endpointId);
  if (row === null) throw new Failure('endpoint.not-found', 'The endpoint no longer exists.');
  const open = await openWithLogin(parts, row, {
    signal,
    onIdentity: (seen) => pin(database, row, seen.fingerprint, clock.now()),
  });
  // what could not be removed while it was away is tried again
  if (why === 'for work') database.leftovers.hurry(row.id, clock.now());
  return open;
}

/** Opens a stored endpoint for as long as `work` takes. */
export async function withConnection<T>(
  parts: OpenConnectionParts,
  endpointId: string,
  work: (open: OpenConnection) => Promise<T>,
): Promise<T> {
  const open = await openStored(parts, endpointId);
  try {
    return await work(open);
  } finally {
    await closeConnection(open);
  }
}

/** Closing never fails a task. */
export async function closeConnection(open: OpenConnection): Promise<void> {
  await open.endpoint.close().catch(() => {});
  await open.connection.close().catch(() => {});
}

interface OpenRequest {
  /** The login of a draft, when it is not a credential store's. It stays the caller's. */
  given?: LoginMaterial | undefined;
  /** What else of its secrets was given. They stay the caller's. */
  secrets?: GivenSecrets | undefined;
  signal?: AbortSignal | undefined;
  onIdentity: (seen: SeenIdentity) => void;
}

/**
 * Fetches the login, and connects with it. Whether a refused one gets a second chance is the connection's to say; what
 * else there is to try, a login from a credential store that is known to be another one by then, is found here.
 */
export async function openWithLogin(
  parts: OpenConnectionParts,
  row: EndpointRow,
  request: OpenRequest,
): Promise<OpenConnection> {
  const { given, secrets, signal, onIdentity } = request;
  const login = await fetchLogin(parts, row, request);
  const ours = given === undefined || login.stored !== null ? [login] : [];
  const anotherLogin = async (): Promise<LoginMaterial | null> => {
    const second = await secondLogin(parts, row, login, signal);
    if (second === null) return null;
    ours.push(second);
    announce(parts, row, second);
    return second.material;
  };
  try {
    announce(parts, row, login);
    const openSecret = secretOpener(parts, row, secrets, signal);
    return await parts.openEndpoint(row, login.material, { signal, onIdentity, anotherLogin, openSecret });
  } finally {
    for (const one of ours) wipeLogin(one);
  }
}

/** For the log: with which login, never what it is. */
function announce(
  { log }: OpenConnectionParts,
  { name, connection }: EndpointRow,
  { material }: Login,
): void {
  const { address, login } = told(connection);
  if (login === null) return;
  const used = material.privateKey === undefined ? 'password' : 'private key';
  log.info(`logging in to ${name}`, {
    type: connection.type,
    ...address,
    user: login.user === '' ? material.user : login.user,
    credential: `${used} ${material.source ?? 'of unknown origin'}`,
  });
}

/**
 * What the store has now, when that may get in where `refused` did not: it came from memory and is another one now, or
 * the store says that it is being changed. Null: trying again would only repeat the mistake.
 */
async function secondLogin(
  parts: OpenConnectionParts,
  row: EndpointRow,
  refused: Login,
  signal: AbortSignal | undefined,
): Promise<Login | null> {
  const { stored } = refused;
  if (stored === null) return null;
  if (stored.changeInProcess) return afterTheChange(parts, row, signal);
  if (!stored.fromMemory) return null;
  const now = await again(parts, row, signal);
  if (now === null || !sameLogin(now, refused)) return now;
  wipeLogin(now);
  return now.stored?.changeInProcess ? afterTheChange(parts, row, signal) : null;
}

async function afterTheChange(
  parts: OpenConnectionParts,
  row: EndpointRow,
  signal: AbortSignal | undefined,
): Promise<Login | null> {
  const { afterMs, because } = changeWait;
  parts.log.info(`the login of ${row.name} is being changed; read again`, { afterMs, because });
  await parts.clock.sleep(afterMs, signal);
  return again(parts, row, signal);
}

/** Null when it cannot be read: the refusal is what a person should hear of then. */
async function again(
  parts: OpenConnectionParts,
  row: EndpointRow,
  signal: AbortSignal | undefined,
): Promise<Login | null> {
  try {
    return await fetchLogin(parts, row, { fresh: true, signal });
  } catch (error) {
    signal?.throwIfAborted();
    parts.log.warn(`the login of ${row.name} could not be read again`, { error: asFailure(error) });
    return null;
  }
}

/** In the row as it is now: reading a login may take its time. Another host by now is a first meeting of its own. */
function pin(database: Database, { id, connection }: EndpointRow, fingerprint: string, at: number): void {
  const row = database.endpoints.get(id);
  if (row === null || row.connection.type !== connection.type) return;
  const { identity, ...definition } = connectionDefinition(row.connection);
  const now = told(row.connection);
  if (identity === null || now.pinned !== null) return;
  if (!isDeepStrictEqual(now.address, told(connection).address)) return;
  database.transaction(() => {
    database.endpoints.update({
      ...row,
      connection: definition.pin(row.connection, fingerprint),
      updatedAt: at,
    });
    database.audit.append({
      at,
      origin: 'agent',
      actor: null,
      action: `endpoint.${identity.id}-pinned`,
      subject: row.id,
      outcome: 'ok',
      sentence: `${identity.label} ${fingerprint} of ${row.name} was pinned on first connection.`,
    });
  });
}
