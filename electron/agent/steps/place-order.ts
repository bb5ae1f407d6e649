import { newId } from '#kit/ids.ts';
import { Failure } from '#shared/failure.ts';
import type { Order } from '#shared/model/order.ts';
import type { OrderRequest, OrderTools } from '../../providers/authorities/authority.ts';
import { authorityRetries } from '../tasks/retry.ts';
import { fellBack, placeOrElse } from './fall-back.ts';
import { issuedToFirst } from './group.ts';
import { ownOrder, storeHandle } from './own-order.ts';
import { certifyInput, makeKeyOutput, planOutput } from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';
import { webRootOf } from './web-root.ts';

export const placeOrderStep: Step = {
  name: 'place-order',
  ifInterrupted: 'check',
  retries: authorityRetries,
  async run(context) {
    const first = issuedToFirst(context);
    if (first !== null) {
      const sentence = `Nothing was ordered: the certificate for ${first.place} is used.`;
      return { kind: 'done', output: { orderId: first.orderId }, sentence };
    }
    const order = storedIntent(context);
    if (order.state === 'placing') {
      const failure = await placeOrElse(context, order, (at) => place(context, at));
      if (failure !== null) return elsewhere(context, order, failure);
    }
    const { issued } = context.output('plan', planOutput).plan;
    if (issued !== undefined)
      return {
        kind: 'done',
        output: { orderId: order.id },
        sentence: `Nothing was ordered: the certificate of order ${order.number} from ${order.authorityName} is used.`,
      };
    const sentence = `Order ${order.number} was placed with ${order.authorityName} for ${order.names.join(', ')}.`;
    return { kind: 'done', output: { orderId: order.id }, sentence };
  },
};

/** With the authority that the order names. */
async function place(context: StepContext, order: Order): Promise<void> {
  const { database, clock } = context.tools;
  const authority = context.tools.authority(order.authorityId);
  const handle = await authority.submit(
    orderRequest(context, order),
    order.handle ?? null,
    await orderTools(context, order.id),
  );
  const placed = database.orders.get(order.id) ?? order;
  storeHandle(context, {
    ...placed,
    handle,
    state: 'pending',
    updatedAt: clock.now(),
  });
}

/** Worth a look: whoever is to take orders did not. */
function elsewhere(context: StepContext, before: Order, failure: Failure): Outcome {
  const placed = context.tools.database.orders.get(before.id) ?? before;
  return {
    kind: 'done-with-warning',
    output: { orderId: placed.id },
    sentence: fellBack(before, placed, failure),
  };
}

/** The order's row is there before the authority is asked, so a restart finds it and never orders twice. */
function storedIntent(context: StepContext): Order {
  const { database, clock } = context.tools;
  const known = ownOrder(context);
  if (known !== null) return known;
  const { plan } = context.output('plan', planOutput);
  return database.orders.insert({
    id: newId('ord'),
    authorityId: plan.authority.id,
    authorityName: plan.authority.name,
    taskId: context.task.id,
    nodeId: plan.nodeId,
    names: plan.names,
    keyType: plan.keyType,
    terms: plan.terms,
    state: 'placing',
    handle: null,
    certificateFingerprint: null,
    refusedBecause: null,
    createdAt: clock.now(),
    updatedAt: clock.now(),
  });
}

/** What the authority is told, made from stored outputs: the same at every call. */
export function orderRequest(context: StepContext, order: Order): OrderRequest {
  const key = context.output('make-key', makeKeyOutput);
  const { replaces } = certifyInput.parse(context.memory.input);
  const replaced = replaces === undefined ? null : context.tools.database.certificates.get(replaces);
  return {
    orderId: order.id,
    csr: Buffer.from(key.csr, 'base64'),
    names: order.names,
    terms: order.terms,
    replacesPem: replaced?.chainPem ? replaced.chainPem : null,
  };
}

export async function orderTools(context: StepContext, orderId: string): Promise<OrderTools> {
  const { database, clock, signal } = context.tools;
  return {
    webRoot: webRootOf(context),
    remember(handle) {
      const order = database.orders.get(orderId);
      if (order === null) throw new Failure('order.lost', 'The order no longer exists.');
      storeHandle(context, { ...order, handle, updatedAt: clock.now() });
    },
    signal,
  };
}
