import { z } from 'zod';
import { keyType } from '#shared/model/certificate.ts';
import { keyPairPlace } from '#shared/model/key-pair-place.ts';
import { beforeTls } from '#shared/model/node.ts';
import { plan, plannedListener, plannedNeighbour } from '#shared/model/plan.ts';
import { snapshot } from '#shared/model/snapshot.ts';

/** Input of a `certify` task as it is stored. */
export const certifyInput = z.object({
  reason: z.enum(['request', 'renewal']),
  names: z.array(z.string()).optional(),
  authorityId: z.string().optional(),
  keyType: keyType.optional(),
  profile: z.string().optional(),
  days: z.number().int().optional(),
  keyPlace: keyPairPlace.optional(),
  /** Also where a certificate was issued for the same request and not installed. */
  newOrder: z.boolean().optional(),
  /** A person has had the endpoint restarted, for which the task waited. */
  restartAsked: z.boolean().optional(),
  /** The certificate is for several nodes, of which this one is at that position; the first one is at 0. */
  group: z
    .object({
      /** `grp_…` */
      id: z.string(),
      position: z.number().int().min(0),
      size: z.number().int().min(2),
      /** `endpoint/node`, in their order. */
      places: z.array(z.string()).min(2),
    })
    .optional(),
  /** Leaf fingerprint that this one replaces, for renewals. */
  replaces: z.string().optional(),
});
export type CertifyInput = z.infer<typeof certifyInput>;

/** Outputs of steps, parsed again before use: what was stored is not trusted. */
export const planOutput = z.object({ plan });
export const makeKeyOutput = z.object({
  where: keyPairPlace,
  /** File on the endpoint, when made there. */
  path: z.string().nullable(),
  spki: z.string(),
  csr: z.string(),
});
export type MadeKey = z.infer<typeof makeKeyOutput>;
export const awaitCertificateOutput = z.object({ orderId: z.string(), fingerprint: z.string() });
export const checkMaterialOutput = z.object({ plan });
/** What each address showed before anything was changed; null: no TLS answer. */
const baseline = z.object({
  address: z.string(),
  port: z.number(),
  serverName: z.string().nullable(),
  ...beforeTls,
  leaf: z.string().nullable(),
  /** The whole chain as it was shown, leaf first. Left out: by a task of an earlier version. */
  chain: z.array(z.string()).optional(),
});
/** What else was served, and where connections were accepted, before the change. */
const around = z.object({
  neighbours: z.array(
    z.object({
      ...plannedNeighbour.shape,
      /** As it was shown, leaf first; null: no TLS answer. */
      chain: z.array(z.string()).nullable(),
      /** As it lay on the disk of the endpoint, leaf first. */
      onDisk: z.array(z.string()).nullable(),
    }),
  ),
  listeners: z.array(z.object({ ...plannedListener.shape, accepts: z.boolean() })),
});
export type Around = z.infer<typeof around>;
export const snapshotOutput = z.object({
  snapshot,
  baseline: z.array(baseline),
  around: around.optional(),
});
export type Kept = z.infer<typeof snapshotOutput>;
/** Left out by tasks of earlier versions. */
export const restartOutput = z.object({ settled: z.boolean().default(false) });
export const proveOutput = z.object({ proved: z.boolean() });
export const restoreOutput = z.object({ exact: z.boolean(), sentence: z.string() });
