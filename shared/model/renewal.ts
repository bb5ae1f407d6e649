import { z } from 'zod';
import { failureData } from '../failure.ts';

/** When a managed node's certificate is renewed next, and why then. One row per managed node. */
export const renewal = z.object({
  nodeId: z.string(),
  /** Certificate this decision is about. */
  fingerprint: z.string(),
  nextAt: z.number().int(),
  /**
   * `fraction`: share of lifetime; `ari`: the CA's suggestion; `back-off`: after a failed attempt; `overdue`: should have
   * been; `revoked`: it must not be used any more.
   */
  because: z.enum(['fraction', 'ari', 'back-off', 'overdue', 'revoked']),
  sentence: z.string(),
  /** Failed attempts in a row for this certificate. */
  failures: z.number().int(),
  lastFailure: failureData.nullable(),
  /** Last ARI window seen (RFC 9773), epoch milliseconds, and when to ask again. */
  ariStart: z.number().int().nullable(),
  ariEnd: z.number().int().nullable(),
  ariAskAgainAt: z.number().int().nullable(),
});
export type Renewal = z.infer<typeof renewal>;
