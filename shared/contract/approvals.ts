import { z } from 'zod';
import { approval, approvalState } from '../model/approval.ts';
import { command } from './base.ts';

const decision = z
  .object({
    /** Approval id or task id. */
    approval: z.string().min(1),
    /** What the person saw. Refused when the plan is another one by now. */
    fingerprint: z.string().min(8).optional(),
    comment: z.string().max(1000).optional(),
  })
  .strict();

export const approvals = {
  list: command
    .meta({ cli: 'approvals list', help: 'List plans that are waiting for approval.' })
    .input(z.object({ states: z.array(approvalState).optional() }).strict())
    .output(z.array(approval)),
  show: command
    .meta({
      cli: 'approvals show',
      help: 'Show the plan: exactly what would change.',
      positional: 'approval',
    })
    .input(z.object({ approval: z.string().min(1) }).strict())
    .output(approval),
  approve: command
    .meta({ cli: 'approvals approve', help: 'Approve a plan.', positional: 'approval', mutates: true })
    .input(decision)
    .output(approval),
  reject: command
    .meta({ cli: 'approvals reject', help: 'Reject a plan.', positional: 'approval', mutates: true })
    .input(decision)
    .output(approval),
};
