import { Failure } from '#shared/failure.ts';
import type { Order } from '#shared/model/order.ts';
import type { Plan } from '#shared/model/plan.ts';
import { canonicalJson } from '../plans/canonical.ts';
import { handleSeal } from './seal-issued.ts';
import { seals } from './seal-yes.ts';
import { planOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/**
 * The order of this task as it is stored now; null: there is none yet. Throws `approval.other-order` unless it is for what
 * was approved and its handle is what this task stored last, and `keychain.*` while that cannot be told.
 */
export function ownOrder(context: StepContext): Order | null {
  const { task, tools } = context;
  const { plan } = context.output('plan', planOutput);
  const order = tools.database.orders.ofTask(task.id);
  if (order === null) return null;
  const ordered = { id: order.authorityId, names: order.names, terms: order.terms };
  const approved = [plan.authority, ...(plan.fallback === undefined ? [] : [plan.fallback])].map(({ id }) =>
    canonicalJson({ id, names: plan.names, terms: plan.terms }),
  );
  if (!approved.includes(canonicalJson(ordered)))
    throw otherOrder(plan, `Order ${order.number} is not the one that was approved.`);
  if (!isHandleSealed(context, order))
    throw otherOrder(plan, `The stored progress of order ${order.number} is not what Trustkeep stored.`);
  return order;
}

/** Stores how far the order is, sealed: in one transaction, so that no handle is ever there without its seal. */
export function storeHandle({ task, tools }: StepContext, order: Order): void {
  const { database } = tools;
  database.transaction(() => {
    handleSeal.put(database, task.id, order);
    database.orders.update(order);
  });
}

/** A yes of an earlier version knows nothing of handles. */
function isHandleSealed({ task, tools: { database } }: StepContext, order: Order): boolean {
  if (handleSeal.has(database, task.id)) return handleSeal.isOf(database, task.id, order);
  if (order.handle === null) return true;
  const approval = database.approvals.ofTask(task.id);
  return approval !== null && !seals(database, approval, 'certificate');
}

function otherOrder(plan: Plan, sentence: string): Failure {
  return new Failure('approval.other-order', sentence, {
    hint: `Nothing more is changed on ${plan.endpointName}, nor asked of ${plan.authority.name}; a challenge file or DNS record may be left. Find out who can write to the database, then request the certificate again.`,
    retry: 'never',
  });
}
