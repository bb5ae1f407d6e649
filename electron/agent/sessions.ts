import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import type { CredentialReader } from './credentials.ts';
import { fetchLogin, type Login, sameLogin, wipeLogin } from './logins.ts';
import type { Session } from './steps/step.ts';

/** Given by compose: connects and makes the adapter. The only place where the families' registries meet the agent. */
export type OpenEndpoint = (
  row: EndpointRow,
  login: LoginMaterial,
  tools: { signal?: AbortSignal; onHostKey: (seen: { fingerprint: string; type: string }) => void },
) => Promise<Session>;

/** What opening an endpoint takes. */
export interface SessionParts {
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

/** Connects to a stored endpoint. A host key seen for the first time is pinned, with an audit row. */
export async function openStored(
  parts: SessionParts,
  endpointId: string,
  signal?: AbortSignal,
): Promise<Session> {
  const { database, clock } = parts;
  const row = database.endpoints.get(endpointId);
  if (row === null)
    throw new Failure('endpoint.not-found', 'The endpoint no longer exists.', { retry: 'never' });
  return openWithLogin(parts, row, {
    signal,
    onHostKey: (seen) => pin(database, row, seen.fingerprint, clock.now()),
  });
}

export interface OpenWish {
  /** The login of a draft, when it is not a credential store's. It stays the caller's. */
  given?: LoginMaterial | undefined;
  signal?: AbortSignal | undefined;
  onHostKey: (seen: { fingerprint: string; type: string }) => void;
}

/**
 * Fetches the login, and connects with it. A login from a credential store that is refused gets one second chance, when
 * it is known to be another one by then; never a third, because hosts lock accounts out.
 */
export async function openWithLogin(parts: SessionParts, row: EndpointRow, wish: OpenWish): Promise<Session> {
  const login = await fetchLogin(parts, row, wish);
  let second: Login | null = null;
  let met = row;
  const onHostKey: OpenWish['onHostKey'] = (seen) => {
    met = withHostKey(row, seen.fingerprint);
    wish.onHostKey(seen);
  };
  try {
    return await attempt(parts, login, { ...wish, onHostKey });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'ssh.login-refused') throw error;
    second = await secondLogin(parts, met, login, wish.signal);
    if (second === null) throw error;
    return await attempt(parts, second, { ...wish, onHostKey });
  } finally {
    if (wish.given === undefined || login.stored !== null) wipeLogin(login);
    if (second !== null) wipeLogin(second);
  }
}

function attempt(parts: SessionParts, { row, material }: Login, wish: OpenWish): Promise<Session> {
  const { connection } = row;
  if (connection.type !== 'local') {
    const { type, host, port, user } = connection;
    const used = material.privateKey === undefined ? 'password' : 'private key';
    const credential = `${used} ${material.source ?? 'of unknown origin'}`;
    parts.log.info(`logging in to ${row.name}`, { type, host, port, user, credential });
  }
  return parts.openEndpoint(row, material, {
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
    onHostKey: wish.onHostKey,
  });
}

/**
 * What the store has now, when that may get in where `refused` did not: it came from memory and is another one now, or
 * the store says that it is being changed. Null: trying again would only repeat the mistake.
 */
async function secondLogin(
  parts: SessionParts,
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
  parts: SessionParts,
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
  parts: SessionParts,
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

function withHostKey(row: EndpointRow, hostKey: string): EndpointRow {
  return row.connection.type === 'ssh' ? { ...row, connection: { ...row.connection, hostKey } } : row;
}

/** In the row as it is now: reading a login may take its time. Another host by now is a first meeting of its own. */
function pin(database: Database, { id, connection }: EndpointRow, fingerprint: string, at: number): void {
  const row = database.endpoints.get(id);
  if (row?.connection.type !== 'ssh' || connection.type !== 'ssh' || row.connection.hostKey !== null) return;
  if (row.connection.host !== connection.host || row.connection.port !== connection.port) return;
  database.transaction(() => {
    database.endpoints.update({ ...withHostKey(row, fingerprint), updatedAt: at });
    database.audit.append({
      at,
      origin: 'agent',
      actor: null,
      action: 'endpoint.host-key-pinned',
      subject: row.id,
      outcome: 'ok',
      sentence: `Host key ${fingerprint} of ${row.name} was pinned on first connection.`,
    });
  });
}
