import { Failure } from '#shared/failure.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import type { Session } from './steps/step.ts';

/** Given by compose: connects and makes the adapter. The only place where the families' registries meet the agent. */
export type OpenEndpoint = (
  row: EndpointRow,
  login: LoginMaterial,
  tools: { signal?: AbortSignal; onHostKey: (seen: { fingerprint: string; type: string }) => void },
) => Promise<Session>;

/** Names under which an endpoint's login is sealed, with the endpoint's id as owner. */
const loginNames = {
  password: 'password',
  privateKey: 'private-key',
  passphrase: 'passphrase',
} as const;

/** The login of a stored endpoint, unsealed at the moment of use. Wipe it with `wipeLogin`. */
export function loginOf(database: Database, endpointId: string): LoginMaterial {
  const open = (name: string) => database.secrets.open(endpointId, name) ?? undefined;
  return {
    password: open(loginNames.password),
    privateKey: open(loginNames.privateKey),
    passphrase: open(loginNames.passphrase),
  };
}

function wipeLogin(login: LoginMaterial): void {
  login.password?.wipe();
  login.privateKey?.wipe();
  login.passphrase?.wipe();
}

/** Connects to a stored endpoint. A host key seen for the first time is pinned, with an audit row. */
export async function openStored(
  database: Database,
  open: OpenEndpoint,
  endpointId: string,
  now: () => number,
  signal?: AbortSignal,
): Promise<Session> {
  const row = database.endpoints.get(endpointId);
  if (row === null)
    throw new Failure('endpoint.not-found', 'The endpoint does not exist any more.', { retry: 'never' });
  const login = row.connection.type === 'local' ? {} : loginOf(database, endpointId);
  try {
    return await open(row, login, {
      ...(signal === undefined ? {} : { signal }),
      onHostKey: (seen) => pin(database, row, seen.fingerprint, now()),
    });
  } finally {
    wipeLogin(login);
  }
}

function pin(database: Database, row: EndpointRow, fingerprint: string, at: number): void {
  if (row.connection.type !== 'ssh' || row.connection.hostKey !== null) return;
  const connection = { ...row.connection, hostKey: fingerprint };
  database.transaction(() => {
    database.endpoints.update({ ...row, connection, updatedAt: at });
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
