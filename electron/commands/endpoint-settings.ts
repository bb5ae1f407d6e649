import { never } from '#kit/never.ts';
import type { LoginWay } from '#shared/catalog/connections/login.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, text, yes } from '#shared/catalog/flat.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { keyType } from '#shared/model/certificate.ts';
import type { ConnectionSettings } from '#shared/model/connection.ts';
import type { Endpoint, EndpointPolicy, EndpointSettings, EndpointType } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import { connectionOf, flatConnection } from './endpoint-connection.ts';
import { findAuthority } from './find.ts';
import { checkAsked, withDefaults } from './flat-input.ts';

/** What the flat input of `add` and `update` says, without its secrets. */
export interface EndpointParts {
  connection: ConnectionSettings;
  settings: EndpointSettings;
  policy: EndpointPolicy;
}

/**
 * Flat input, already fitting the contract, as the parts of the row. `way`: how the login is given, from what was named now or
 * is sealed already; null: not at all. `input.invalid` for what does not go together.
 */
export function partsOf(
  database: Database,
  type: EndpointType,
  input: Flat,
  way: LoginWay | null,
): EndpointParts {
  const descriptor = endpointCatalog[type];
  const flat = withDefaults(descriptor, input);
  checkAsked(descriptor, flat);
  checkPaths(type, flat);
  return {
    connection: connectionOf(database, flat, way),
    settings: settingsOf(type, flat),
    policy: policyOf(database, flat),
  };
}

/** The other way round, so that an update can keep what it does not name. */
export function flatOf(database: Database, endpoint: Endpoint): Flat {
  return {
    name: endpoint.name,
    ...flatConnection(database, endpoint.connection),
    ...flatSettings(endpoint.settings),
    auto_approve: endpoint.policy.autoApprove,
    auto_renew: endpoint.policy.autoRenew,
    authority: authorityName(database, endpoint.policy.authorityId),
    key_type: endpoint.policy.keyType ?? undefined,
  };
}

function checkPaths(type: EndpointType, flat: Flat): void {
  for (const field of endpointCatalog[type].fields) {
    if (field.kind === 'path') checkAbsolute(field.label, text(flat, field.name));
  }
}

function settingsOf(type: EndpointType, flat: Flat): EndpointSettings {
  switch (type) {
    case 'nginx':
      return { type, nginxConfigPath: text(flat, 'nginx_config_path'), nginxPath: text(flat, 'nginx_path') };
    case 'pem':
      return {
        type,
        path: text(flat, 'path') ?? '',
        keyPath: text(flat, 'key_path'),
        servedAt: servedAt(text(flat, 'served_at')),
        installScript: text(flat, 'install_script'),
        restartScript: text(flat, 'restart_script'),
      };
    default:
      return never(type);
  }
}

function servedAt(value: string | null): string | null {
  if (value === null) return null;
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(value)?.[1]);
  if (port >= 1 && port <= 65535) return value;
  throw invalid(`Served at must be host:port, not "${value}".`, 'For example www.example.org:443.');
}

function policyOf(database: Database, flat: Flat): EndpointPolicy {
  const authority = text(flat, 'authority');
  return {
    autoApprove: yes(flat, 'auto_approve', false),
    autoRenew: yes(flat, 'auto_renew', true),
    authorityId: authority === null ? null : findAuthority(database, authority).id,
    keyType: keyTypeOf(text(flat, 'key_type')),
  };
}

function keyTypeOf(value: string | null): KeyType | null {
  return value === null ? null : keyType.parse(value);
}

function flatSettings(settings: EndpointSettings): Flat {
  switch (settings.type) {
    case 'nginx':
      return {
        nginx_config_path: settings.nginxConfigPath ?? undefined,
        nginx_path: settings.nginxPath ?? undefined,
      };
    case 'pem':
      return {
        path: settings.path,
        key_path: settings.keyPath ?? undefined,
        served_at: settings.servedAt ?? undefined,
        install_script: settings.installScript ?? undefined,
        restart_script: settings.restartScript ?? undefined,
      };
    default:
      return never(settings);
  }
}

/** An authority that is gone is not kept: the default one takes over. */
function authorityName(database: Database, id: string | null): string | undefined {
  return id === null ? undefined : database.authorities.get(id)?.name;
}
