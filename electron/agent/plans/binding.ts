import { createHash } from 'node:crypto';
import type { Authority } from '#shared/model/authority.ts';
import { type ConnectionSettings, connectionDefinition, described, told } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { PlanBinding } from '#shared/model/plan.ts';
import { canonicalJson } from './canonical.ts';

/**
 * What a yes is bound to beside the plan itself. A new password or key for the same user is not part of it, nor is
 * what only matters to the next plan (policy, names of things). `fallback` left out: the plan has none. Pure.
 */
export function bindingOf(
  endpoint: Pick<Endpoint, 'type' | 'connection' | 'settings'>,
  authority: Pick<Authority, 'settings'> | null,
  fallback?: Pick<Authority, 'settings'> | null,
): PlanBinding {
  const { type, connection, settings } = endpoint;
  return {
    connection: describedWithUser(connection),
    endpoint: hashOf({ type, reached: connectionDefinition(connection).bound(connection), settings }),
    authority: authorityHash(authority),
    ...(fallback === undefined ? {} : { fallback: authorityHash(fallback) }),
  };
}

/** What of an authority a yes is bound to. Pure. */
export function authorityHash(authority: Pick<Authority, 'settings'> | null): string {
  return hashOf(authority?.settings ?? null);
}

function describedWithUser(connection: ConnectionSettings): string {
  const { login } = told(connection);
  const place = described(connection);
  return login?.user === '' ? `${place}, user of credential "${login.storeCredentialId ?? ''}"` : place;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
