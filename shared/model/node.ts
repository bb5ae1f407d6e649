import { z } from 'zod';
import { certificateFacts } from './certificate.ts';
import { manager } from './manager.ts';

/** What goes before TLS on a connection. Left out: nothing. */
export const beforeTls = {
  /** A header of the PROXY protocol. */
  proxyProtocol: z.boolean().optional(),
  /** The greeting of this protocol, and its request for TLS. */
  startTls: z.enum(['imap', 'pop3', 'smtp']).optional(),
};
const beforeTlsShape = z.object(beforeTls);
export type BeforeTls = z.infer<typeof beforeTlsShape>;

const withTls = [
  'https',
  'tls',
  'smtps',
  'imaps',
  'pop3s',
  'smtp-starttls',
  'imap-starttls',
  'pop3-starttls',
] as const;
/**
 * What is spoken at a node's addresses, over TLS or when a client asks for TLS; `tls`: something that only its server knows,
 * `stream` the same without TLS.
 */
const nodeProtocol = z.enum(['http', 'stream', 'smtp', 'imap', 'pop3', ...withTls]);
export type NodeProtocol = z.infer<typeof nodeProtocol>;

/** Whether a certificate is shown there. */
export function speaksTls({ protocol }: { protocol: NodeProtocol }): boolean {
  return withTls.some((one) => one === protocol);
}

/** Where a node is reached from outside. */
const binding = z.object({
  /** IP address to dial, IPv6 without brackets. */
  address: z.string(),
  port: z.number().int().min(1).max(65535),
  /** As configured, for people: `*:443`, `[::]:443`, `10.0.0.5:8443`. */
  configured: z.string(),
  /** This node answers here when no name matches. */
  isDefault: z.boolean(),
  ...beforeTls,
});
export type Binding = z.infer<typeof binding>;

/**
 * What the agent saw at a node's addresses, compared with what should be there.
 * `same`: the expected leaf everywhere; `previous`: the one it replaced; `other`: something else;
 * `unreachable`: no TLS answer; `unknown`: never looked, or nothing to look at (a file nobody is said to serve).
 */
const servedState = z.enum(['same', 'previous', 'other', 'unreachable', 'unknown']);
export type ServedState = z.infer<typeof servedState>;

export const servedFact = z.object({
  state: servedState,
  /** Leaf seen, when one was. */
  fingerprint: z.string().nullable(),
  sentence: z.string(),
  at: z.number().int(),
});
export type ServedFact = z.infer<typeof servedFact>;

/** A node as an adapter finds it. Stable over discoveries by (endpoint, `key`). */
const discoveredNode = z.object({
  /** Stable within the endpoint, made by the adapter from what identifies the place, not from line numbers. */
  key: z.string().min(1),
  name: z.string(),
  alias: z.string().nullable(),
  protocol: nodeProtocol,
  bindings: z.array(binding),
  /** Names this node answers for, as configured (may hold wildcards and regular expressions). */
  serverNames: z.array(z.string()),
  certificatePath: z.string().nullable(),
  keyPath: z.string().nullable(),
  /** Web root, where http-01 files could be put. */
  webRoot: z.string().nullable(),
  /** Leaf found on disk (or in the key store). */
  certificate: certificateFacts.nullable(),
  /** Chain on disk as found, leaf first, PEM; certificates only, never a key. */
  chainPem: z.string().nullable(),
  /** Null when a certificate can be installed here; else the sentence why not. */
  notInstallable: z.string().nullable(),
  /** File and line for people: `/etc/nginx/sites-enabled/shop:3`. */
  place: z.string().nullable(),
  /** Another program that renews the certificate here; null: nothing shows one. */
  managedBy: manager.nullable(),
});
export type DiscoveredNode = z.infer<typeof discoveredNode>;

export const endpointNode = discoveredNode.omit({ chainPem: true }).extend({
  /** `node_…` */
  id: z.string(),
  endpointId: z.string(),
  endpointName: z.string(),
  /** Order number of the certificate on disk when we obtained it; null: External (or none). */
  orderNumber: z.number().int().nullable(),
  /** The CA is known to have revoked the certificate on disk. */
  revoked: z.boolean(),
  served: servedFact,
  /** A certificate is installed there and is served once the endpoint is restarted. */
  restartRequired: z.boolean(),
  /** Set when the last discovery did not find it any more. */
  missingSince: z.number().int().nullable(),
  discoveredAt: z.number().int(),
});
export type EndpointNode = z.infer<typeof endpointNode>;

/** Whether a node that is there has this certificate on its disk, or served it when it was last asked. */
export function usesCertificate(
  { missingSince, certificate, served }: Pick<EndpointNode, 'missingSince' | 'certificate' | 'served'>,
  fingerprint: string,
): boolean {
  if (missingSince !== null) return false;
  return certificate?.fingerprint === fingerprint || served.fingerprint === fingerprint;
}
