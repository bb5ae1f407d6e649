import { createHash } from 'node:crypto';
import { newId } from '#kit/ids.ts';
import type { Certificate, CertificateFacts } from '#shared/model/certificate.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { Order } from '#shared/model/order.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import { day, now } from './database.ts';

/** Certificates, the nodes that hold them, and what orders and renews them. */

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
  return {
    ...certificateFacts(label),
    orderNumber: null,
    chainPem: '',
    firstSeenAt: now,
    revoked: null,
    ...change,
  };
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
    managedBy: null,
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
