import { createHash } from 'node:crypto';
import { newId } from '#kit/ids.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Certificate, CertificateFacts } from '#shared/model/certificate.ts';
import type { Credential, CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Order } from '#shared/model/order.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { TaskRow } from '../../electron/database/database.ts';
import { day, now } from './store.ts';

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

/** The same `label` gives the same fingerprint. */
export function certificateFacts(label: string, change: Partial<CertificateFacts> = {}): CertificateFacts {
  const digest = (of: string) => createHash('sha256').update(of).digest('hex');
  return {
    fingerprint: digest(label),
    keyFingerprint: digest(`key of ${label}`),
    serial: digest(`serial of ${label}`).slice(0, 32),
    subject: `CN=${label}`,
    issuer: 'CN=Test CA',
    names: [label],
    notBefore: now - 30 * day,
    notAfter: now + 60 * day,
    keyType: 'ec-p256',
    selfSigned: false,
    ...change,
  };
}

export function aCertificate(label: string, change: Partial<Certificate> = {}): Certificate {
  return { ...certificateFacts(label), orderNumber: null, chainPem: '', firstSeenAt: now, ...change };
}

export function aFoundNode(key: string, change: Partial<DiscoveredNode> = {}): DiscoveredNode {
  return {
    key,
    name: key,
    alias: null,
    protocol: 'https',
    bindings: [{ address: '127.0.0.1', port: 443, configured: '*:443', isDefault: true }],
    serverNames: [key],
    certificatePath: `/etc/ssl/${key}.pem`,
    keyPath: `/etc/ssl/${key}.key`,
    webRoot: null,
    certificate: certificateFacts(key),
    chainPem: `-----BEGIN CERTIFICATE-----\n${key}\n-----END CERTIFICATE-----\n`,
    notInstallable: null,
    place: '/etc/nginx/nginx.conf:3',
    ...change,
  };
}

export function anOrder(change: Partial<Omit<Order, 'number'>> = {}): Omit<Order, 'number'> {
  return {
    id: newId('ord'),
    authorityId: 'ca_1',
    authorityName: 'Local CA',
    taskId: 'task_1',
    nodeId: 'node_1',
    names: ['web.example'],
    keyType: 'ec-p256',
    terms: { profile: null, days: null },
    state: 'placing',
    handle: null,
    certificateFingerprint: null,
    refusedBecause: null,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
}

/** Where a task is, in short: `nodeId` null is the endpoint itself. */
interface TaskPlace {
  endpointId?: string;
  endpointName?: string;
  nodeId?: string | null;
  nodeName?: string | null;
}

export function aSubject({ endpointId, endpointName, nodeId = 'node_1', nodeName }: TaskPlace = {}): Subject {
  const endpoint = { kind: 'endpoint', id: endpointId ?? 'ep_1', name: endpointName ?? 'web' } as const;
  if (nodeId === null) return { ...endpoint, within: null };
  return { kind: 'node', id: nodeId, name: nodeName ?? 'shop', within: endpoint };
}

export function aTask(given: Partial<Task> & TaskPlace = {}): TaskRow {
  const { endpointId: _e, endpointName: _en, nodeId: _n, nodeName: _nn, ...change } = given;
  return {
    task: {
      id: newId('task'),
      kind: 'certify',
      subject: aSubject(given),
      origin: 'cli',
      actor: null,
      outsideId: null,
      state: 'queued',
      steps: [],
      waitingFor: null,
      wakeAt: null,
      failure: null,
      restored: null,
      createdAt: now,
      finishedAt: null,
      ...change,
    },
    memory: { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
  };
}

function aPlan(): Plan {
  return {
    fingerprintVersion: 2,
    endpointId: 'ep_1',
    endpointName: 'web',
    nodeId: 'node_1',
    nodeName: 'shop',
    reason: 'request',
    names: ['shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'target', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'Local CA', kind: 'local' },
    terms: { profile: null, days: null },
    bound: { connection: 'ssh deploy@web1:22', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
    install: {
      nodeKey: 'shop',
      changes: [],
      standsOn: [{ what: 'content', name: '/etc/nginx/nginx.conf', sha256: 'c'.repeat(64) }],
      remembers: { by: 'nginx', version: 1, facts: [{ name: 'pidPath', label: 'Pid file', value: null }] },
      shares: [],
      proofs: [],
      warnings: [],
    },
    fingerprint: 'f'.repeat(64),
  };
}

export function anApproval(change: Partial<Approval> = {}): Approval {
  return {
    id: newId('apr'),
    taskId: 'task_1',
    plan: aPlan(),
    state: 'pending',
    decidedBy: null,
    decidedOrigin: null,
    decidedAt: null,
    comment: null,
    createdAt: now,
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

export function aRenewal(nodeId: string, change: Partial<Renewal> = {}): Renewal {
  return {
    nodeId,
    fingerprint: 'a'.repeat(64),
    nextAt: now + day,
    because: 'fraction',
    sentence: 'Two thirds of its life are over then.',
    failures: 0,
    lastFailure: null,
    ariStart: null,
    ariEnd: null,
    ariAskAgainAt: null,
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
