import type { Authority } from '#shared/model/authority.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { HealthLevel } from '#shared/model/overview.ts';
import { servedShade } from '../../parts/shades.ts';
import { en } from '../../text/en.ts';
import { loginChoice } from './login-fields.ts';

/** How an endpoint is reached, and where: `SSH`, `deploy@10.0.0.5`. */
export function connectionParts({
  connection,
}: Pick<Endpoint, 'connection'>): [kind: string, place: string | null] {
  switch (connection.type) {
    case 'local':
      return [en.endpoints.local, null];
    case 'ssh':
      return [
        'SSH',
        [connection.user, hostAndPort(connection.host, connection.port)].filter(Boolean).join('@'),
      ];
    default:
      return connection satisfies never;
  }
}

export function connectionText(endpoint: Pick<Endpoint, 'connection'>): string {
  return connectionParts(endpoint).filter(Boolean).join(' ');
}

function hostAndPort(host: string, port: number): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return port === 22 ? shown : `${shown}:${port}`;
}

/** What the form of an endpoint starts with, by the names of its catalog fields. Secrets are not known here. */
export function endpointValues(
  endpoint: Endpoint,
  authorities: readonly Authority[],
  stores: readonly Pick<CredentialStore, 'id' | 'name'>[],
): Record<string, unknown> {
  const { connection, settings, policy } = endpoint;
  return {
    name: endpoint.name,
    connection_type: connection.type,
    ...(connection.type === 'ssh'
      ? {
          host: connection.host,
          port: connection.port,
          user: connection.user,
          [loginChoice]: connection.auth,
          store: storeName(connection.store, stores) ?? '',
          store_cred_id: connection.storeCredentialId ?? '',
          host_key: connection.hostKey ?? '',
        }
      : {}),
    ...settingValues(settings),
    auto_approve: policy.autoApprove,
    auto_renew: policy.autoRenew,
    authority: authorities.find((one) => one.id === policy.authorityId)?.name ?? '',
    key_type: policy.keyType ?? '',
  };
}

/** Stores are kept by id and typed by name. */
export function storeName(
  id: string | null,
  stores: readonly Pick<CredentialStore, 'id' | 'name'>[],
): string | null {
  return stores.find((one) => one.id === id)?.name ?? null;
}

function settingValues(settings: Endpoint['settings']): Record<string, unknown> {
  switch (settings.type) {
    case 'nginx':
      return { nginx_config_path: settings.nginxConfigPath ?? '', nginx_path: settings.nginxPath ?? '' };
    case 'pem':
      return {
        path: settings.path,
        key_path: settings.keyPath ?? '',
        served_at: settings.servedAt ?? '',
        install_script: settings.installScript ?? '',
        restart_script: settings.restartScript ?? '',
      };
    default:
      return settings satisfies never;
  }
}

const order: readonly HealthLevel[] = ['danger', 'attention', 'unknown', 'ok'];

/** The worst served fact among nodes, with how many share it. */
export function worstServed(nodes: readonly EndpointNode[]): { level: HealthLevel; count: number } | null {
  const levels = nodes
    .filter((node) => node.missingSince === null && node.certificate !== null)
    .map((node) => servedShade[node.served.state] as HealthLevel);
  const level = order.find((one) => levels.includes(one));
  return level === undefined ? null : { level, count: levels.filter((one) => one === level).length };
}

/** The host key that the last probe saw instead of the pinned one; null when that is not what is wrong. */
export function newHostKey({ connection, probe }: Endpoint): { pinned: string; seen: string } | null {
  if (connection.type !== 'ssh' || connection.hostKey === null || probe === null) return null;
  const pinned = connection.hostKey;
  const said = probe.checks.filter((check) => !check.ok).map((check) => check.sentence);
  const keys: string[] = said.join(' ').match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? [];
  const seen = keys.find((key) => key !== pinned);
  return keys.includes(pinned) && seen !== undefined ? { pinned, seen } : null;
}
