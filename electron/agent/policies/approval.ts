import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Plan } from '#shared/model/plan.ts';

export type ApprovalDecision = { by: 'person'; because: string } | { by: 'policy'; because: string };

/** Who has to say yes to this plan. Pure. */
export function whoApproves(endpoint: Endpoint, _plan: Plan): ApprovalDecision {
  return endpoint.policy.autoApprove
    ? { by: 'policy', because: `The policy of ${endpoint.name} approves its plans automatically.` }
    : { by: 'person', because: 'A person must approve the plan.' };
}
