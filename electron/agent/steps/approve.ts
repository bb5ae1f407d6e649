import { newId } from '#kit/ids.ts';
import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Plan } from '#shared/model/plan.ts';
import { whoApproves } from '../policies/approval.ts';
import { quickRetries } from '../tasks/retry.ts';
import { guardApproval } from './approval-guard.ts';
import { ownChangesSince } from './own-changes.ts';
import { policySeal } from './seal-policy.ts';
import { sealYes } from './seal-yes.ts';
import { planOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';

export const approveStep: Step = {
  name: 'approve',
  ifInterrupted: 'check',
  retries: quickRetries,
  async run(context) {
    const { plan } = context.output('plan', planOutput);
    const { database } = context.tools;
    const known = database.approvals.ofTask(context.task.id);
    if (known === null) return ask(context, plan);
    switch (known.state) {
      case 'pending':
        return waitForPerson();
      case 'superseded':
      case 'rejected':
        return { kind: 'cancelled', failure: rejected(known) };
      case 'approved':
        return approved(context, known, plan);
    }
  },
};

function ask(context: StepContext, plan: Plan): Outcome | Promise<Outcome> {
  const { database, clock } = context.tools;
  const decision = decisionOn(context, plan);
  const approval: Approval = {
    id: newId('apr'),
    taskId: context.task.id,
    plan,
    state: decision.by === 'policy' ? 'approved' : 'pending',
    decidedBy: decision.by === 'policy' ? 'policy' : null,
    decidedOrigin: decision.by === 'policy' ? 'agent' : null,
    decidedAt: decision.by === 'policy' ? clock.now() : null,
    comment: decision.by === 'policy' ? decision.because : null,
    createdAt: clock.now(),
  };
  if (decision.by === 'person')
    return { ...waitForPerson(), store: () => database.approvals.insert(approval) };
  // here, not with the step's end: without the master key there is no yes, and the step waits for it
  database.transaction(() => {
    database.approvals.insert(approval);
    sealYes(database, approval);
    const sentence = `${decision.because} Plan ${plan.fingerprint.slice(0, 12)}.`;
    context.tools.audit('approval.approved-by-policy', approval.id, 'ok', sentence);
  });
  return { kind: 'done', output: {}, sentence: decision.because };
}

/** By policy only where it says so now and said so when the plan was made. */
function decisionOn(context: StepContext, plan: Plan): ReturnType<typeof whoApproves> {
  const { task, tools } = context;
  const decision = whoApproves(context.endpoint(), plan, task.origin);
  if (decision.by === 'person' || policySeal.isOf(tools.database, task.id, plan)) return decision;
  return { by: 'person', because: 'It was made to be approved by a person.' };
}

function waitForPerson() {
  return {
    kind: 'wait',
    waitingFor: 'approval',
    until: null,
    sentence: 'Waiting for a person to read and approve the plan.',
  } as const;
}

function rejected(approval: Approval): Failure {
  const who = approval.decidedBy ?? 'someone';
  const why = approval.comment === null ? '.' : `: "${approval.comment}"`;
  return new Failure('approval.rejected', `The plan was rejected by ${who}${why}`);
}

/** The approval counts for the plan it was given to, on the endpoint as it was then. */
async function approved(context: StepContext, approval: Approval, plan: Plan): Promise<Outcome> {
  guardApproval(context);
  await (await context.tools.openConnection()).endpoint.checkDrift(plan.install, ownChangesSince(context));
  return {
    kind: 'done',
    output: {},
    sentence: `Approved by ${approval.decidedBy ?? 'policy'}; the endpoint has not changed since.`,
  };
}
