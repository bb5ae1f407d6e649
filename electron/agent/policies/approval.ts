import { changesOf } from '#shared/model/changes/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Origin } from '#shared/model/origin.ts';
import type { Plan } from '#shared/model/plan.ts';

type ApprovalDecision = { by: 'person'; because: string } | { by: 'policy'; because: string };

/** Whose requests the policy of an endpoint covers: those of the people at this machine, and the renewals they switched on. */
const covered: readonly Origin[] = ['gui', 'cli', 'agent'];

/**
 * Who has to approve this plan, given who asked for it. Pure. Automatic approval covers neither what a server asked for
 * nor a plan that is known to change what a neighbour uses too, to take a name away, to leave the previous content under
 * another name of a file (hard link), where who reads that one is not known, or to change what another program manages: a
 * plan that a person saw is the way on.
 */
export function whoApproves(endpoint: Endpoint, plan: Plan, origin: Origin): ApprovalDecision {
  if (!endpoint.policy.autoApprove) return { by: 'person', because: 'A person must approve the plan.' };
  if (!covered.includes(origin))
    return { by: 'person', because: 'A server asked for it, so a person must approve the plan.' };
  if (plan.install.shares !== null && plan.install.shares.length > 0)
    return { by: 'person', because: 'It affects other nodes too, so a person must approve the plan.' };
  if (plan.loses !== undefined)
    return {
      by: 'person',
      because: `The new certificate no longer covers ${plan.loses.join(', ')}, so a person must approve the plan.`,
    };
  const linked = changesOf(plan.install.changes, 'file').find(({ before }) => before?.names !== undefined);
  if (linked !== undefined)
    return {
      by: 'person',
      because: `${linked.path} has other names that keep the previous content, so a person must approve the plan.`,
    };
  const others = new Set(plan.install.takesOver?.map(({ who }) => who));
  if (others.size > 0)
    return {
      by: 'person',
      because: `It changes files that are managed by ${[...others].join(' and ')}, so a person must approve the plan.`,
    };
  return { by: 'policy', because: `The policy of ${endpoint.name} approves its plans automatically.` };
}
