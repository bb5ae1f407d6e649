import { z } from 'zod';
import { origin } from './origin.ts';

/** One row of the hash chain: `hash` = SHA-256 over the previous hash and the canonical JSON of the rest. */
export const auditEntry = z.object({
  /** Counted from 1 without gaps. */
  number: z.number().int(),
  at: z.number().int(),
  origin,
  /** Operating system account, when a person did it. */
  actor: z.string().nullable(),
  /** Dotted verb: `endpoints.add`, `approval.approved`, `install.restored`. */
  action: z.string(),
  /** Id of what it was done to. */
  subject: z.string().nullable(),
  outcome: z.enum(['ok', 'failed', 'refused']),
  sentence: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditVerdict = z.object({
  ok: z.boolean(),
  entries: z.number().int(),
  /** The first row that does not fit, and why. */
  firstBad: z.object({ number: z.number().int(), sentence: z.string() }).nullable(),
  /** Hash of the last good row: note it down elsewhere to notice a cut tail later. */
  head: z.string(),
});
export type AuditVerdict = z.infer<typeof auditVerdict>;
