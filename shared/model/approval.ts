import { z } from 'zod';
import { origin } from './origin.ts';
import { plan } from './plan.ts';

export const approvalState = z.enum(['pending', 'approved', 'rejected', 'superseded']);
export type ApprovalState = z.infer<typeof approvalState>;

/** A person's (or the endpoint policy's) yes to exactly one plan, bound by the plan's fingerprint. */
export const approval = z.object({
  /** `apr_…` */
  id: z.string(),
  taskId: z.string(),
  plan,
  state: approvalState,
  decidedBy: z.string().nullable(),
  decidedOrigin: origin.nullable(),
  decidedAt: z.number().int().nullable(),
  comment: z.string().nullable(),
  createdAt: z.number().int(),
});
export type Approval = z.infer<typeof approval>;
