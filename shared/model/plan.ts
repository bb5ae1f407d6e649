import { z } from 'zod';
import { keyType } from './certificate.ts';
import { orderTerms } from './order.ts';

/** A file as it is: content hash (SHA-256, hex), owner and mode. Windows has no mode: `mode` 0, owner by name. */
export const fileState = z.object({
  sha256: z.string(),
  size: z.number().int(),
  owner: z.string(),
  group: z.string(),
  /** Permission bits, e.g. 0o640. */
  mode: z.number().int(),
});
export type FileState = z.infer<typeof fileState>;

export const plannedFile = z.object({
  path: z.string(),
  holds: z.enum(['certificate', 'private-key', 'certificate-and-key', 'configuration']),
  /** Null: does not exist yet. */
  before: fileState.nullable(),
  /** `sha256` is null until the certificate exists; then it is filled in and must fit what is written. */
  after: z.object({
    sha256: z.string().nullable(),
    owner: z.string(),
    group: z.string(),
    mode: z.number().int(),
  }),
});
export type PlannedFile = z.infer<typeof plannedFile>;

/** One replaced piece of a configuration file, as a person reads it. */
export const configEdit = z.object({
  path: z.string(),
  line: z.number().int(),
  before: z.string(),
  after: z.string(),
});
export type ConfigEdit = z.infer<typeof configEdit>;

export const plannedCommand = z.object({ argv: z.array(z.string()), why: z.string() });
export type PlannedCommand = z.infer<typeof plannedCommand>;

/** What else is touched when this certificate changes. */
export const sharing = z.object({
  what: z.enum(['certificate', 'address']),
  /** `server blog.example (/etc/nginx/conf.d/blog.conf:3)` */
  who: z.string(),
  sentence: z.string(),
});
export type Sharing = z.infer<typeof sharing>;

/** One handshake that must show the new certificate. */
export const plannedProof = z.object({
  address: z.string(),
  port: z.number().int(),
  /** SNI to send; null: none. */
  serverName: z.string().nullable(),
});
export type PlannedProof = z.infer<typeof plannedProof>;

/** The part of a plan that an endpoint adapter knows: exactly what changes on the target. */
export const installPlan = z.object({
  nodeKey: z.string(),
  files: z.array(plannedFile),
  edits: z.array(configEdit),
  commands: z.array(plannedCommand),
  shares: z.array(sharing),
  proofs: z.array(plannedProof),
  /** Sentences a person should read before saying yes. */
  warnings: z.array(z.string()),
  /** What the adapter must remember to carry it out; part of the fingerprint, no secrets. */
  details: z.record(z.string(), z.unknown()),
});
export type InstallPlan = z.infer<typeof installPlan>;

/**
 * What else a yes is bound to: where the endpoint is reached and how it is worked on, and how the authority works.
 * When either is another one by the time the plan is carried out, the plan is refused.
 */
export const planBinding = z.object({
  /** For people: `this machine`, `ssh deploy@web1:22`. */
  connection: z.string(),
  /** SHA-256 (hex) over host, port, user, pinned host key, paths, programs and scripts of the endpoint. */
  endpoint: z.string(),
  /** SHA-256 (hex) over the settings of the authority: its address, trust, validation and scripts. */
  authority: z.string(),
});
export type PlanBinding = z.infer<typeof planBinding>;

/** What a person approves. `fingerprint` covers everything here but itself and the after-hashes. */
export const plan = z.object({
  endpointId: z.string(),
  endpointName: z.string(),
  nodeId: z.string(),
  nodeName: z.string(),
  reason: z.enum(['request', 'renewal']),
  names: z.array(z.string()).min(1),
  keyType,
  keyPlace: z.object({ where: z.enum(['target', 'agent']), why: z.string() }),
  authority: z.object({ id: z.string(), name: z.string(), kind: z.string() }),
  terms: orderTerms,
  bound: planBinding,
  install: installPlan,
  fingerprint: z.string(),
});
export type Plan = z.infer<typeof plan>;
