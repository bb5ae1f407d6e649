import { newId } from '#kit/ids.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Credential, CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Notification } from '#shared/model/notification.ts';
import { now } from './database.ts';

/** Rows as they are usually; every builder takes what should differ. */
export function anEndpoint(change: Partial<Endpoint> = {}): Endpoint {
  return {
    id: newId('ep'),
    name: 'web',
    type: 'nginx',
    connection: { type: 'local' },
    settings: { type: 'nginx', nginxConfigPath: null, nginxPath: null },
    policy: { autoApprove: false, autoRenew: true, authorityId: null, keyType: null },
    probe: null,
    discoveredAt: null,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
}

export function anSshConnection(change: Partial<SshSettings> = {}): SshSettings {
  return {
    type: 'ssh',
    host: 'web1.example',
    port: 22,
    user: 'deploy',
    auth: 'password',
    hostKey: null,
    store: null,
    storeCredentialId: null,
    ...change,
  };
}

export function aStore(change: Partial<CredentialStore> = {}): CredentialStore {
  return {
    id: newId('cs'),
    name: 'vault1',
    kind: 'local',
    settings: { kind: 'local' },
    report: null,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
}

export function aCredential(storeId: string, id: string, change: Partial<Credential> = {}): Credential {
  return {
    rowId: newId('cr'),
    storeId,
    id,
    username: 'deploy',
    hasPassword: true,
    privateKey: null,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
}

export function anAuthority(change: Partial<Authority> = {}): Authority {
  return {
    id: newId('ca'),
    name: 'Local CA',
    kind: 'local',
    isDefault: false,
    settings: { kind: 'local', commonName: 'Trustkeep', leafDays: 90, permittedNames: [] },
    createdAt: now,
    ...change,
  };
}

export function acmeSettings(change: Partial<AcmeSettings> = {}): AcmeSettings {
  return {
    kind: 'acme',
    directoryUrl: 'https://ca.example/directory',
    contact: ['mailto:admin@shop.example'],
    eabKeyId: null,
    trustedRootsPem: null,
    profile: null,
    termsAgreed: true,
    validation: { method: 'http-01-web-root', webRoot: null },
    ...change,
  };
}

export function aNotification(change: Partial<Notification> = {}): Notification {
  return {
    id: newId('ntf'),
    kind: 'succeeded',
    level: 'success',
    title: 'Done',
    sentence: 'It is served.',
    taskId: null,
    approvalId: null,
    readAt: null,
    at: now,
    ...change,
  };
}

export function anAuditEntry(
  change: Partial<AuditEntry> = {},
): Omit<AuditEntry, 'number' | 'previousHash' | 'hash'> {
  return {
    at: now,
    origin: 'cli',
    actor: 'ann',
    action: 'endpoints.add',
    subject: 'ep_1',
    outcome: 'ok',
    sentence: 'Endpoint "web" was added.',
    ...change,
  };
}
