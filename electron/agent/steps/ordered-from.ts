import type { Plan } from '#shared/model/plan.ts';
import { planOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

type OrderedFrom = Plan['authority'] & Pick<Plan, 'webRoot'>;

/** The authority of the plan that the order is with: the fall-back where it went there, else the first one. */
export function orderedFrom(context: StepContext): OrderedFrom {
  const { plan } = context.output('plan', planOutput);
  const at = context.tools.database.orders.ofTask(context.task.id)?.authorityId;
  const { authority, fallback, webRoot } = plan;
  if (fallback !== undefined && at === fallback.id) return fallback;
  return webRoot === undefined ? authority : { ...authority, webRoot };
}
