import { placeOf } from '#shared/catalog/connections/definition.ts';
import type { IdentityMismatch } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import { type Endpoint, endpointDefinition } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { HealthLevel } from '#shared/model/overview.ts';
import { servedShade } from '../../parts/shades.ts';
import { loginChoice } from './login-fields.ts';
import { secretValues } from './secret-fields.ts';

/** How an endpoint is reached, and where: `SSH`, `deploy@10.0.0.5`. */
export function connectionParts({
  connection,
}: Pick<Endpoint, 'connection'>): [kind: string, place: string | null] {
  const { label, usualPort } = connectionDefinition(connection);
  return [label, placeOf(told(connection), usualPort)];
}

export function connectionText(endpoint: Pick<Endpoint, 'connection'>): string {
  return connectionParts(endpoint).filter(Boolean).join(' ');
}

/** What the form of an endpoint starts with, by the names of its catalog fields. Secrets are not known here. */
export function endpointValues(
  endpoint: Endpoint,
  authorities: readonly Authority[],
  stores: readonly Pick<CredentialStore, 'id' | 'name'>[],
): Record<string, unknown> {
  const { connection, settings, policy } = endpoint;
  const { login } = told(connection);
  return {
    name: endpoint.name,
    connection_type: connection.type,
    ...connectionDefinition(connection).toFlat(connection),
    ...(login === null ? {} : { [loginChoice]: login.way, store: storeName(login.store, stores) ?? '' }),
    ...endpointDefinition(settings).toFlat(settings),
    ...secretValues(settings, (store) => storeName(store, stores)),
    auto_approve: policy.autoApprove,
    auto_renew: policy.autoRenew,
    authority: authorities.find((one) => one.id === policy.authorityId)?.name ?? '',
    fallback_authority: authorities.find((one) => one.id === policy.fallbackId)?.name ?? '',
    key_type: policy.keyType ?? '',
    restarts: policy.restarts ?? 'with_install',
  };
}

/** Stores are kept by id and typed by name. */
export function storeName(
  id: string | null,
  stores: readonly Pick<CredentialStore, 'id' | 'name'>[],
): string | null {
  return stores.find((one) => one.id === id)?.name ?? null;
}

const order: readonly HealthLevel[] = ['danger', 'attention', 'unknown', 'ok'];

type ServedNode = Pick<
  EndpointNode,
  'missingSince' | 'certificate' | 'revoked' | 'served' | 'restartRequired'
>;

/** The worst served fact among nodes, with how many share it. One that has expired or is revoked is a problem wherever it is served. */
export function worstServed(
  nodes: readonly ServedNode[],
  now: number,
): { level: HealthLevel; count: number } | null {
  const levels = nodes
    .filter((node) => node.missingSince === null && node.certificate !== null)
    .map(
      (node): HealthLevel =>
        node.revoked || (node.certificate?.notAfter ?? now) < now
          ? 'danger'
          : node.restartRequired && servedShade[node.served.state] !== 'danger'
            ? 'attention'
            : (servedShade[node.served.state] as HealthLevel),
    );
  const level = order.find((one) => levels.includes(one));
  return level === undefined ? null : { level, count: levels.filter((one) => one === level).length };
}

/** The host key that the last probe saw instead of the pinned one; null when that is not what is wrong. */
export function newHostKey({ connection, probe }: Endpoint): IdentityMismatch | null {
  const { pinned } = told(connection);
  const met = probe?.checks.find((check) => check.identity !== undefined)?.identity;
  return met?.pinned === pinned ? (met ?? null) : null;
}

/** The last probe met somebody else than who is pinned, and an earlier version stored it without telling the two apart. */
export function mustBeSeenAgain({ connection, probe }: Endpoint): boolean {
  const { pinned } = told(connection);
  const { identity } = connectionDefinition(connection);
  const check = probe?.checks.find(({ name, ok }) => name === identity?.id && !ok);
  if (check === undefined || check.identity !== undefined) return false;
  // a key that was accepted since then is not in the sentence
  return pinned !== null && check.sentence.includes(pinned);
}
