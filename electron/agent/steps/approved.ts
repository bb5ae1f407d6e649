import { asFailure, Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Plan } from '#shared/model/plan.ts';
import { bindingOf } from '../plans/binding.ts';
import { canonicalJson } from '../plans/canonical.ts';
import { planFingerprint } from '../plans/certify.ts';
import { isSealedYes } from './seal-yes.ts';
import { checkMaterialOutput, planOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/**
 * Throws unless what is about to be carried out is what was approved: the plan in the task, the plan in the approval and
 * the sealed yes agree, the order is for that plan, and endpoint and authority are still those the plan was made for.
 */
export function mustBeApproved(context: StepContext): void {
  const { database } = context.tools;
  const { plan } = context.output('plan', planOutput);
  const approval = database.approvals.ofTask(context.task.id);
  if (approval === null || approval.state !== 'approved') throw notApproved();
  for (const one of plansIn(context, plan)) mustBeThatOf(approval, one);
  if (!saidYes(context, approval)) throw notApproved();
  mustBeBound(context, plan);
  mustBeOrdered(context, plan);
}

/** Once the target is being changed, a keychain that was locked meanwhile must not leave it half changed. */
function saidYes({ memory, tools }: StepContext, approval: Approval): boolean {
  try {
    return isSealedYes(tools.database, approval);
  } catch (error) {
    if (memory.changing && asFailure(error).about === 'keychain') return true;
    throw error;
  }
}

/** The plan as it was made, and with its after-hashes once they are known. */
function plansIn(context: StepContext, plan: Plan): Plan[] {
  if (!('check-material' in context.memory.outputs)) return [plan];
  return [plan, context.output('check-material', checkMaterialOutput).plan];
}

function mustBeThatOf(approval: Approval, plan: Plan): void {
  const { fingerprint } = approval.plan;
  if (planFingerprint(plan) === fingerprint && planFingerprint(approval.plan) === fingerprint) return;
  throw new Failure('approval.other-plan', 'The stored plan is not the one that was approved.', {
    hint: `${nothingMore(plan)} Request the certificate again and read the new plan.`,
    retry: 'never',
  });
}

function mustBeBound(context: StepContext, plan: Plan): void {
  const { tools, task } = context;
  const endpoint = context.endpoint();
  const authority = tools.database.authorities.get(plan.authority.id);
  const now = bindingOf(endpoint, authority);
  const same = endpoint.id === plan.endpointId && task.subject.id === plan.nodeId;
  const changed = [
    ...(same && now.endpoint === plan.bound.endpoint ? [] : [`the settings of ${plan.endpointName}`]),
    ...(isIssued(context) || now.authority === plan.bound.authority
      ? []
      : [`the settings of ${plan.authority.name}`]),
  ];
  if (changed.length === 0) return;
  throw new Failure(
    'approval.settings-changed',
    `The plan was approved for other settings: ${changed.join(' and ')} changed since then.`,
    { hint: `${nothingMore(plan)} Request the certificate again and read the new plan.` },
  );
}

/** The authority has done its part: what it is like now no longer matters. */
const isIssued = ({ memory }: StepContext): boolean => 'await-certificate' in memory.outputs;

/** What is asked of the authority comes from the order's row. */
function mustBeOrdered(context: StepContext, plan: Plan): void {
  const { task, tools } = context;
  if (isIssued(context)) return;
  const order = tools.database.orders.ofTask(task.id);
  if (order === null) return;
  const ordered = { id: order.authorityId, names: order.names, terms: order.terms };
  const approved = { id: plan.authority.id, names: plan.names, terms: plan.terms };
  if (canonicalJson(ordered) === canonicalJson(approved)) return;
  throw new Failure('approval.other-order', `Order ${order.number} is not the one that was approved.`, {
    hint: `${nothingMore(plan)} Request the certificate again.`,
  });
}

function notApproved(): Failure {
  return new Failure('approval.missing', 'This plan has not been approved here.', {
    hint: 'Nothing was changed. Request the certificate again and read the new plan.',
  });
}

const nothingMore = (plan: Plan): string => `Nothing more is changed on ${plan.endpointName}.`;
