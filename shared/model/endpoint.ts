import { z } from 'zod';
import { keyType } from './certificate.ts';

/** The kinds of endpoint this build has adapters for. */
export const endpointTypes = ['nginx', 'pem'] as const;
export const endpointType = z.enum(endpointTypes);
export type EndpointType = z.infer<typeof endpointType>;

/** Every connection type of the field; the catalog says which an endpoint type takes, the registry which work here. */
export const connectionTypes = [
  'local',
  'ssh',
  'ssh_windows',
  'winrm_http',
  'winrm_https',
  'winrm_https_insecure',
  'rest',
  'rest_insecure',
] as const;
export const connectionType = z.enum(connectionTypes);
export type ConnectionType = z.infer<typeof connectionType>;

/** How an endpoint is reached, without any secret. Secrets are sealed apart, under the endpoint's id. */
export const connectionSettings = z.discriminatedUnion('type', [
  z.object({ type: z.literal('local') }),
  z.object({
    type: z.literal('ssh'),
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65535),
    /** Empty only with a credential store: then the credential's own user name is used. */
    user: z.string(),
    auth: z.enum(['password', 'private-key', 'credential-store']),
    /** Pinned host key as OpenSSH prints it (`SHA256:…`); null until the first connection pinned it. */
    hostKey: z.string().nullable(),
    /** Id of the credential store (`cs_…`) the login is read from at the moment of use. */
    store: z.string().nullable().default(null),
    storeCredentialId: z.string().nullable().default(null),
  }),
]);
export type ConnectionSettings = z.infer<typeof connectionSettings>;
export type SshSettings = Extract<ConnectionSettings, { type: 'ssh' }>;

/** What is particular to an endpoint type; paths are on the endpoint's own machine. */
export const endpointSettings = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('nginx'),
    /** The configuration file nginx is started with; null: what `nginx -V` names. */
    nginxConfigPath: z.string().nullable(),
    /** The nginx program; null: `nginx` on the path, then the usual places. */
    nginxPath: z.string().nullable(),
  }),
  z.object({
    type: z.literal('pem'),
    path: z.string().min(1),
    /** Where the private key is, when it is not in the same file. */
    keyPath: z.string().nullable(),
    /** `host:port` at which this certificate is served, so that success can be proved; null: on disk only. */
    servedAt: z.string().nullable(),
    installScript: z.string().nullable(),
    restartScript: z.string().nullable(),
  }),
]);
export type EndpointSettings = z.infer<typeof endpointSettings>;

/** What the owner wants for this endpoint. */
export const endpointPolicy = z.object({
  /** Approve plans of this endpoint without a person. Off unless switched on. */
  autoApprove: z.boolean(),
  /** Renew the certificates we obtained for it by ourselves. */
  autoRenew: z.boolean(),
  /** Preferred authority (id) and key type for new requests; null: the default ones. */
  authorityId: z.string().nullable(),
  keyType: keyType.nullable(),
});
export type EndpointPolicy = z.infer<typeof endpointPolicy>;

export const probeCheck = z.object({
  /** `connect`, `host-key`, `log-in`, `program`, `configuration`, `write`, `reload`, `openssl`… */
  name: z.string(),
  ok: z.boolean(),
  /** What was found, or why not and what to do. */
  sentence: z.string(),
});
/** What `probe` found: every "no" with its reason. */
export const probeReport = z.object({
  ok: z.boolean(),
  version: z.string().nullable(),
  checks: z.array(probeCheck),
  at: z.number().int(),
});
export type ProbeCheck = z.infer<typeof probeCheck>;
export type ProbeReport = z.infer<typeof probeReport>;

export const endpoint = z.object({
  /** Instance id, `ep_…`. */
  id: z.string(),
  name: z.string().min(1).max(32),
  type: endpointType,
  connection: connectionSettings,
  settings: endpointSettings,
  policy: endpointPolicy,
  probe: probeReport.nullable(),
  discoveredAt: z.number().int().nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Endpoint = z.infer<typeof endpoint>;
