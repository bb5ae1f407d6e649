import { createHash } from 'node:crypto';
import type { Authority } from '#shared/model/authority.ts';
import type { ConnectionSettings, Endpoint } from '#shared/model/endpoint.ts';
import type { PlanBinding } from '#shared/model/plan.ts';
import { canonicalJson } from './canonical.ts';

/**
 * What a yes is bound to beside the plan itself. A new password or key for the same user is not part of it, nor is
 * what only matters to the next plan (policy, names of things). Pure.
 */
export function bindingOf(
  endpoint: Pick<Endpoint, 'type' | 'connection' | 'settings'>,
  authority: Pick<Authority, 'settings'> | null,
): PlanBinding {
  const { type, connection, settings } = endpoint;
  return {
    connection: described(connection),
    endpoint: hashOf({ type, reached: reached(connection), settings }),
    authority: hashOf(authority?.settings ?? null),
  };
}

function reached(connection: ConnectionSettings) {
  if (connection.type === 'local') return { type: connection.type };
  const { type, host, port, user, hostKey, store, storeCredentialId } = connection;
  const reached = { type, host, port, user, hostKey };
  // whose user name it is then depends on the credential
  return user === '' ? { ...reached, store, storeCredentialId } : reached;
}

function described(connection: ConnectionSettings): string {
  if (connection.type === 'local') return 'this machine';
  const { user, host, port, storeCredentialId } = connection;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return user === ''
    ? `ssh ${place}, user of credential "${storeCredentialId ?? ''}"`
    : `ssh ${user}@${place}`;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
