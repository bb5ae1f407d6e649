import { asFailure, type Failure } from '#shared/failure.ts';
import { networkCodes } from '#shared/failure-codes/network.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import type { Order } from '#shared/model/order.ts';
import { storeHandle } from './own-order.ts';
import { planOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

type Place = Pick<Order, 'authorityId' | 'authorityName' | 'handle'>;

/**
 * Places the order with the authority that it names, and where that one cannot take it for reasons of its own, with the
 * other one that was approved. Gives why it went elsewhere, null: it did not. When neither takes it, the order names the
 * one it began with again, with what that one remembered, and whichever failure is worth another try is thrown.
 */
export async function placeOrElse(
  context: StepContext,
  order: Order,
  place: (order: Order) => Promise<void>,
): Promise<Failure | null> {
  try {
    await place(order);
    return null;
  } catch (thrown) {
    const failure = asFailure(thrown);
    const other = otherOf(context, order);
    if (other === null || !isItsOwn(context, order, failure)) throw thrown;
    const before = stored(context, order);
    const moved = move(context, before, other);
    context.tools.audit('order.fell-back', order.id, 'ok', fellBack(before, other, failure));
    try {
      await place(moved);
      return failure;
    } catch (again) {
      move(context, stored(context, moved), before);
      throw neither(
        { who: called(context, before), failure },
        { who: called(context, moved), failure: asFailure(again) },
      );
    }
  }
}

export function fellBack(from: Pick<Order, 'authorityName' | 'number'>, to: Place, failure: Failure): string {
  return `Order ${from.number} goes to ${to.authorityName}, because ${from.authorityName} could not take it: ${failure.message}`;
}

/** The one of the two in the plan that the order does not name. Null: there is only one. */
function otherOf(context: StepContext, order: Order): Place | null {
  const { plan } = context.output('plan', planOutput);
  const { authority, fallback } = plan;
  if (fallback === undefined) return null;
  const other = order.authorityId === fallback.id ? authority : fallback;
  return { authorityId: other.id, authorityName: other.name, handle: null };
}

/** It was not reached, or refused for a reason that is neither in the request nor with the names in it. */
function isItsOwn({ tools }: StepContext, { authorityId }: Order, { code }: Failure): boolean {
  if (Object.hasOwn(networkCodes, code)) return true;
  const authority = tools.database.authorities.get(authorityId);
  return authority !== null && authorityDefinition(authority).itsOwnTroubles.has(code);
}

function stored({ tools }: StepContext, order: Order): Order {
  return tools.database.orders.get(order.id) ?? order;
}

function move(context: StepContext, order: Order, to: Place): Order {
  const { authorityId, authorityName, handle } = to;
  const moved: Order = {
    ...{ ...order, authorityId, authorityName, handle, state: 'placing' },
    updatedAt: context.tools.clock.now(),
  };
  storeHandle(context, moved);
  return moved;
}

interface Tried {
  who: string;
  failure: Failure;
}

function neither(one: Tried, other: Tried): Failure {
  const first = isWorthATry(one.failure) || !isWorthATry(other.failure);
  const [{ failure }, beside] = first ? [one, other] : [other, one];
  const { message, hint } = failure;
  const either = `${beside.who} could not take the order either: ${beside.failure.message}`;
  return failure.saying(message, { hint: hint === undefined ? either : `${hint} ${either}` });
}

/** By its place in the plan: an order that was cut off between the two begins with the fall-back. */
function called(context: StepContext, { authorityId, authorityName }: Place): string {
  const { plan } = context.output('plan', planOutput);
  return `${authorityId === plan.fallback?.id ? 'The fall-back' : 'The first choice'} ${authorityName}`;
}

function isWorthATry({ retry }: Failure): boolean {
  return retry === 'later' || retry === 'after';
}
