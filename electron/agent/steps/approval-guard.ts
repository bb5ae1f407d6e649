import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Plan } from '#shared/model/plan.ts';
import { bindingOf } from '../plans/binding.ts';
import { canonicalJson } from '../plans/canonical.ts';
import { planFingerprint } from '../plans/certify.ts';
import { newCertificate } from './material.ts';
import { nothingMore, notOurs } from './not-ours.ts';
import { ownOrder } from './own-order.ts';
import { checkedSeal } from './seal-issued.ts';
import { isSealedRequest } from './seal-request.ts';
import { snapshotSeal } from './seal-snapshot.ts';
import { isSealedYes, seals } from './seal-yes.ts';
import { sealedHere } from './sealed-here.ts';
import { checkMaterialOutput, type Kept, makeKeyOutput, planOutput, snapshotOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/**
 * Throws unless what is about to be carried out is what was approved: the plan in the task, the plan in the approval and
 * the sealed yes agree, key, CSR and order are for that plan, endpoint and authority are still those it was made for, the
 * certificate is the one that was collected, the files will hold what was checked, and what undoes the change is what was kept.
 */
export function guardApproval(context: StepContext): void {
  const { plan, approval } = guardPlan(context);
  if (!madeHere(context, approval)) throw otherKey(plan);
  if (isIssued(context)) newCertificate(context);
  else ownOrder(context);
  mustBeAsChecked(context, approval);
  if (!context.memory.changing && !('snapshot' in context.memory.outputs)) return;
  mustBeKeptAsSealed(context, approval, context.output('snapshot', snapshotOutput));
}

/** The plan that was approved, for the endpoint and the authority as they are. Throws unless there is one. */
export function guardPlan(context: StepContext): { plan: Plan; approval: Approval } {
  const { plan } = context.output('plan', planOutput);
  const approval = context.tools.database.approvals.ofTask(context.task.id);
  if (approval === null || approval.state !== 'approved') throw notApproved();
  for (const one of plansIn(context, plan)) mustBeThatOf(approval, one);
  if (!isApproved(context, approval)) throw notApproved();
  mustBeBound(context, plan);
  return { plan, approval };
}

/** Throws `approval.other-snapshot` unless it is what this task sealed, or its yes is of a version that sealed none. */
export function mustBeKeptAsSealed(context: StepContext, approval: Approval, kept: Kept): void {
  const { database } = context.tools;
  const { id } = context.task;
  const what = `snapshot ${canonicalJson(kept)}`;
  if (sealedHere(context, what, () => snapshotSeal.isOf(database, id, kept))) return;
  const earlier = `sealed none: ${nameOf(approval)}`;
  if (sealedHere(context, earlier, () => !seals(database, approval, 'snapshot'))) return;
  throw otherSnapshot(approval.plan);
}

function isApproved(context: StepContext, approval: Approval): boolean {
  const { database } = context.tools;
  return sealedHere(context, `yes ${nameOf(approval)}`, () => isSealedYes(database, approval));
}

const nameOf = ({ id, taskId, plan }: Approval): string => `${id} ${taskId} ${plan.fingerprint}`;

/** Key and CSR are those that this task made. A yes of an older version knows nothing of them. */
function madeHere(context: StepContext, approval: Approval): boolean {
  const { memory, task, tools } = context;
  if (!('make-key' in memory.outputs)) return true;
  const made = context.output('make-key', makeKeyOutput);
  return sealedHere(
    context,
    `request of ${nameOf(approval)}: ${canonicalJson(made)}`,
    () => !seals(tools.database, approval, 'request') || isSealedRequest(tools.database, task.id, made),
  );
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
  const fallback = plan.fallback && tools.database.authorities.get(plan.fallback.id);
  const now = bindingOf(endpoint, authority, fallback);
  const same = endpoint.id === plan.endpointId && task.subject.id === plan.nodeId;
  const changed = [
    ...(same && now.endpoint === plan.bound.endpoint ? [] : [`the settings of ${plan.endpointName}`]),
    ...(isIssued(context) || now.authority === plan.bound.authority
      ? []
      : [`the settings of ${plan.authority.name}`]),
    ...(isIssued(context) || now.fallback === plan.bound.fallback
      ? []
      : [`the settings of ${plan.fallback?.name ?? 'the fall-back authority'}`]),
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

/** What the changes will hold is in no fingerprint: it came to exist with the certificate. */
function mustBeAsChecked(context: StepContext, approval: Approval): void {
  const { memory, task, tools } = context;
  if (!('check-material' in memory.outputs)) return;
  const { plan } = context.output('check-material', checkMaterialOutput);
  const same = sealedHere(context, `checked for ${nameOf(approval)}: ${canonicalJson(plan)}`, () =>
    checkedSeal.has(tools.database, task.id)
      ? checkedSeal.isOf(tools.database, task.id, plan)
      : !seals(tools.database, approval, 'certificate'),
  );
  if (!same) throw otherContent(plan);
}

function otherContent(plan: Plan): Failure {
  const sentence = 'What is to be installed is not what was checked after the certificate was collected.';
  return notOurs(plan, 'approval.other-certificate', sentence);
}

function otherKey(plan: Plan): Failure {
  const sentence = 'The stored key or CSR is not the one that was generated for this task.';
  return notOurs(plan, 'approval.other-key', sentence);
}

function otherSnapshot(plan: Plan): Failure {
  const sentence = 'The stored description of the previous state is not the one that this task made.';
  return notOurs(plan, 'approval.other-snapshot', sentence, 'check what is served');
}

function notApproved(): Failure {
  return new Failure('approval.missing', 'This plan has not been approved here.', {
    hint: 'Nothing was changed. Request the certificate again and read the new plan.',
  });
}
