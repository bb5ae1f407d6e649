import { z } from 'zod';
import { failureData } from '../failure.ts';
import { keyType } from './certificate.ts';

/**
 *   placing ──▶ pending ⇄ waiting-for-approval ──▶ ready ──▶ collected
 *      │           └──────────────┴──────────────────┴────▶ refused
 *      │           └──────────────┴──────────────────┴────▶ abandoned: its task ended without it
 *      └─ the intent is stored before the authority is asked; a restart finds it and continues that order
 */
const orderState = z.enum([
  'placing',
  'pending',
  'waiting-for-approval',
  'ready',
  'collected',
  'refused',
  'abandoned',
]);
export type OrderState = z.infer<typeof orderState>;

/** Terms of an order: what kind of certificate, how long. */
export const orderTerms = z.object({
  /** Certificate profile; null: the authority's own choice. */
  profile: z.string().nullable(),
  /** Requested lifetime in days; null: the authority's own choice. */
  days: z.number().int().positive().nullable(),
});
export type OrderTerms = z.infer<typeof orderTerms>;

export const order = z.object({
  /** `ord_…` */
  id: z.string(),
  /** Our order number, counted from 1001; what people see and type. */
  number: z.number().int(),
  authorityId: z.string(),
  authorityName: z.string(),
  taskId: z.string(),
  nodeId: z.string(),
  names: z.array(z.string()),
  keyType,
  terms: orderTerms,
  state: orderState,
  /** What the authority needs to find the order again. Opaque to everybody else; null while `placing`. */
  handle: z.unknown(),
  /** Set when collected. */
  certificateFingerprint: z.string().nullable(),
  refusedBecause: failureData.nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Order = z.infer<typeof order>;
