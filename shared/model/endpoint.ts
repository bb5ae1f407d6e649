import { z } from 'zod';
import { connectionSettings } from '../catalog/connections/index.ts';
import { keyType } from './certificate.ts';

/** The kinds of endpoint this build has adapters for. */
export const endpointTypes = ['nginx', 'pem'] as const;
export const endpointType = z.enum(endpointTypes);
export type EndpointType = z.infer<typeof endpointType>;

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
