import { z } from 'zod';
import { connectionSettings } from '../catalog/connections/index.ts';
import type { EndpointDefinition } from '../catalog/endpoints/definition.ts';
import { endpointCatalog, endpointSettings, endpointType } from '../catalog/endpoints/index.ts';
import { keyType } from './certificate.ts';
import { type ProbeCheck, probeCheck } from './probe-check.ts';

export type EndpointType = z.infer<typeof endpointType>;
export const endpointTypes = endpointType.options;

/** What is particular to an endpoint type, without any secret; paths are on the endpoint's own machine. */
export type EndpointSettings = z.infer<typeof endpointSettings>;

/** What the owner wants for this endpoint. */
const endpointPolicy = z.object({
  /** Approve plans of this endpoint without a person. Off unless switched on. */
  autoApprove: z.boolean(),
  /** Renew the certificates we obtained for it by ourselves. */
  autoRenew: z.boolean(),
  /** Preferred authority (id) and key type for new requests; null: the default ones. */
  authorityId: z.string().nullable(),
  /** Authority (id) that an order goes to when the preferred one cannot take it; left out: none. */
  fallbackId: z.string().optional(),
  keyType: keyType.nullable(),
  /** What is installed is served only once a person has the endpoint restarted. Left out: with the install. */
  restarts: z.literal('separately').optional(),
});
export type EndpointPolicy = z.infer<typeof endpointPolicy>;

/** What `probe` found: every "no" with its reason. */
export const probeReport = z.object({
  ok: z.boolean(),
  version: z.string().nullable(),
  checks: z.array(probeCheck),
  at: z.number().int(),
});
export type StoredReport = z.infer<typeof probeReport>;

/** As it is written: its checks by names of the list. */
export interface ProbeReport extends StoredReport {
  checks: ProbeCheck[];
}

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

/** The definition that stored settings, or a type, belong to. */
export function endpointDefinition({
  type,
}: {
  type: EndpointType;
}): EndpointDefinition<EndpointType, EndpointSettings> {
  return endpointCatalog[type];
}
