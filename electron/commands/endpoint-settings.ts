import { never } from '#kit/never.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, number, text, yes } from '#shared/catalog/flat.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { keyType } from '#shared/model/certificate.ts';
import type {
  ConnectionSettings,
  Endpoint,
  EndpointPolicy,
  EndpointSettings,
  EndpointType,
} from '#shared/model/endpoint.ts';
import { connectionType } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import { usable } from '../providers/connections/registry.ts';
import { findAuthority, findStore } from './find.ts';
import { checkAsked, withDefaults } from './flat-input.ts';

/** What the flat input of `add` and `update` says, without its secrets. */
export interface EndpointParts {
  connection: ConnectionSettings;
  settings: EndpointSettings;
  policy: EndpointPolicy;
}

/** `auth`: how the login is given, from what was named now or is sealed already; null: not at all. */
export type Auth = 'password' | 'private-key' | 'credential-store' | null;

/** Flat input, already fitting the contract, as the parts of the row. `input.invalid` for what does not go together. */
export function partsOf(database: Database, type: EndpointType, input: Flat, auth: Auth): EndpointParts {
  const descriptor = endpointCatalog[type];
  const flat = withDefaults(descriptor, input);
  checkAsked(descriptor, flat);
  checkPaths(type, flat);
  return {
    connection: connectionOf(database, flat, auth),
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

function connectionOf(database: Database, flat: Flat, auth: Auth): ConnectionSettings {
  const type = text(flat, 'connection_type');
  if (type === 'local') return { type };
  const possible = usable(connectionType.parse(type));
  if (!possible.yes) throw invalid(`The connection type ${possible.why}.`);
  if (type !== 'ssh') throw invalid(`The connection type ${type} does not work in this version.`);
  const host = text(flat, 'host');
  const user = text(flat, 'user');
  if (host === null) throw invalid('Host is required for the connection type ssh.', 'Add --host.');
  const store = auth === 'credential-store' ? findStore(database, text(flat, 'store') ?? '') : null;
  if (user === null && store === null)
    throw invalid('User is required for the connection type ssh.', 'Add --user.');
  if (auth === null) {
    throw invalid(
      'A password or an SSH key is required for the connection type ssh.',
      'Add --ssh_key_path or --store with --store_cred_id, or give the password when asked for it.',
    );
  }
  return {
    type,
    host,
    port: number(flat, 'port', 22),
    user: user ?? '',
    auth,
    hostKey: hostKey(text(flat, 'host_key')),
    store: store?.id ?? null,
    storeCredentialId: store === null ? null : text(flat, 'store_cred_id'),
  };
}

/** `accept` and nothing both mean: pin what is seen next. */
function hostKey(value: string | null): string | null {
  if (value === null || value === 'accept') return null;
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(value)) return value.replace(/=$/, '');
  throw invalid(
    'Host key must be written as OpenSSH prints it (SHA256: and 43 characters).',
    'See it with: ssh-keyscan HOST | ssh-keygen -lf -',
  );
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

function flatConnection(database: Database, connection: ConnectionSettings): Flat {
  switch (connection.type) {
    case 'local':
      return { connection_type: 'local' };
    case 'ssh':
      return {
        connection_type: 'ssh',
        host: connection.host,
        port: connection.port,
        user: connection.user === '' ? undefined : connection.user,
        host_key: connection.hostKey ?? undefined,
        store: storeName(database, connection.store),
        store_cred_id: connection.storeCredentialId ?? undefined,
      };
    default:
      return never(connection);
  }
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

/** Under the id of one that is gone nothing is found, and that is said. */
function storeName(database: Database, id: string | null): string | undefined {
  return id === null ? undefined : (database.credentialStores.get(id)?.name ?? id);
}

/** An authority that is gone is not kept: the default one takes over. */
function authorityName(database: Database, id: string | null): string | undefined {
  return id === null ? undefined : database.authorities.get(id)?.name;
}
