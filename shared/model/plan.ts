import { z } from 'zod';
import { keyType } from './certificate.ts';
import { change } from './changes/index.ts';
import { keyPairPlace } from './key-pair-place.ts';
import { takeover } from './manager.ts';
import { beforeTls } from './node.ts';
import { orderTerms } from './order.ts';

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
  ...beforeTls,
});
export type PlannedProof = z.infer<typeof plannedProof>;

/** Something else that this server serves, compared before and after the change. */
export const plannedNeighbour = z.object({
  ...plannedProof.shape,
  /** `server blog.example (/etc/nginx/conf.d/blog.conf:3)` */
  who: z.string(),
  /** Where a server has certificates of both kinds: the one that is asked for. Left out: whichever it shows. */
  keyAlgorithm: z.enum(['rsa', 'ecdsa']).optional(),
  expects: z.enum(['as-before', 'new-certificate']),
  /** Where its certificate lies on the endpoint; a reload may load what somebody else put there. Null: it is not known. */
  certificatePath: z.string().nullable(),
});
export type PlannedNeighbour = z.infer<typeof plannedNeighbour>;

/** A TCP address that must accept connections after the change if it did before. */
export const plannedListener = z.object({ address: z.string(), port: z.number().int() });
export type PlannedListener = z.infer<typeof plannedListener>;

/** Whether the server would start from nothing: with its files as they are, and what is asked when the new ones are there. */
const coldStart = z.object({
  /** It was asked as it starts, and accepted its files. */
  proved: z.boolean(),
  /** What was asked and answered, or why it is not proved; then what is checked after the install. */
  sentence: z.string(),
});
export type ColdStart = z.infer<typeof coldStart>;

/** What must stay as it is for the plan to hold, though it is not changed. */
const ground = z.discriminatedUnion('what', [
  /** A file that is read: SHA-256 (hex) of its content, by the name the server gives it. */
  z.object({ what: z.literal('content'), name: z.string(), sha256: z.string() }),
  /** A name that is a symbolic link, or lies below one. */
  z.object({ what: z.literal('link'), name: z.string(), leadsTo: z.string() }),
]);
export type Ground = z.infer<typeof ground>;

/** What an adapter must remember to carry a plan out. It changes nothing by itself; no secrets. */
const remembers = z.object({
  /** The endpoint type whose adapter it is, and the version of what it remembers. */
  by: z.string(),
  version: z.number().int(),
  facts: z.array(z.object({ name: z.string(), label: z.string(), value: z.string().nullable() })),
});
export type Remembers = z.infer<typeof remembers>;

/** The part of a plan that an endpoint adapter knows: exactly what changes on the endpoint, in the order it is done. */
const installPlan = z.object({
  nodeKey: z.string(),
  changes: z.array(change),
  standsOn: z.array(ground),
  remembers,
  /** Null: this type of endpoint cannot tell who else uses what is changed. */
  shares: z.array(sharing).nullable(),
  proofs: z.array(plannedProof),
  /** What else the same server serves, as far as it is compared. Left out: it is not known. */
  neighbours: z.array(plannedNeighbour).optional(),
  /** Where the same server accepts connections, TLS or not. Left out: it is not known. */
  listeners: z.array(plannedListener).optional(),
  /** The kind of key without which the node could not serve the certificate, and why; left out: any will do. */
  onlyKeys: z.object({ family: z.enum(['rsa', 'ecdsa']), why: z.string() }).optional(),
  /**
   * Names of the present certificate that lead to this node: because it has them, or because nothing else has and it is the
   * default. Left out: it cannot be told.
   */
  answers: z.object({ named: z.array(z.string()), byDefault: z.array(z.string()) }).optional(),
  /** What of it another program manages. Left out: nothing that is known. */
  takesOver: z.array(takeover).optional(),
  /** Left out: plans of earlier versions, and types of endpoint that start nothing. */
  coldStart: coldStart.optional(),
  /** Sentences a person should read before saying yes. */
  warnings: z.array(z.string()),
});
export type InstallPlan = z.infer<typeof installPlan>;

/**
 * What else a yes is bound to: where the endpoint is reached and how it is worked on, and how the authority works.
 * When either is another one by the time the plan is carried out, the plan is refused.
 */
const planBinding = z.object({
  /** For people: `this machine`, `ssh deploy@web1:22`. */
  connection: z.string(),
  /** SHA-256 (hex) over host, port, user, pinned host key, paths, programs and scripts of the endpoint. */
  endpoint: z.string(),
  /** SHA-256 (hex) over the settings of the authority: its address, trust, validation and scripts. */
  authority: z.string(),
  /** The same of the authority that is the fall-back; left out: there is none. */
  fallback: z.string().optional(),
});
export type PlanBinding = z.infer<typeof planBinding>;

/** A certificate that was issued for the node and not installed. */
const issuedBefore = z.object({
  /** `ord_…` */
  orderId: z.string(),
  orderNumber: z.number().int(),
  /** Of its leaf. */
  fingerprint: z.string(),
  /** Epoch milliseconds. */
  notAfter: z.number().int(),
});
export type IssuedBefore = z.infer<typeof issuedBefore>;

/** One certificate for several nodes: it is installed on all of them or on none. */
const planGroup = z.object({
  /** `grp_…` */
  id: z.string(),
  /** `endpoint/node`: the first one is tried first, and must be proved before the others are touched. */
  places: z.array(z.string()),
});

/** What a person approves. `fingerprint` covers everything here but itself and the values that are known later. */
export const plan = z.object({
  /**
   * How the fingerprint is computed. 1: over the form plans had before they were lists of changes; 1 and 2: with the word
   * that the place of a key pair had then.
   */
  fingerprintVersion: z.literal([1, 2, 3]),
  endpointId: z.string(),
  endpointName: z.string(),
  nodeId: z.string(),
  nodeName: z.string(),
  reason: z.enum(['request', 'renewal']),
  names: z.array(z.string()).min(1),
  /** Names that the present certificate has and the node answers for, and the new one does not cover; left out: none. */
  loses: z.array(z.string()).optional(),
  keyType,
  keyPlace: z.object({ where: keyPairPlace, why: z.string() }),
  authority: z.object({ id: z.string(), name: z.string(), kind: z.string() }),
  terms: orderTerms,
  /**
   * Directory of the endpoint below which the authority has challenge files put; null: none is known. Absent where it
   * validates in another way, and in plans of earlier versions.
   */
  webRoot: z.string().nullable().optional(),
  /** Where the order goes when the authority cannot take it for reasons of its own. Left out: nowhere else. */
  fallback: z
    .object({ id: z.string(), name: z.string(), kind: z.string(), webRoot: z.string().nullable().optional() })
    .optional(),
  /** It is installed, and nothing is ordered. Left out: a certificate is ordered. */
  issued: issuedBefore.optional(),
  /** Left out: the certificate is for this node alone. */
  group: planGroup.optional(),
  /** The endpoint serves what is installed once a person has it restarted. Left out: with the install. */
  restarts: z.literal('separately').optional(),
  bound: planBinding,
  install: installPlan,
  fingerprint: z.string(),
});
export type Plan = z.infer<typeof plan>;
