import { newId } from '#kit/ids.ts';
import { Failure } from '#shared/failure.ts';
import type { Order } from '#shared/model/order.ts';
import type { OrderRequest, OrderTools } from '../../providers/authorities/authority.ts';
import { authorityRetries } from '../tasks/retry.ts';
import { ownOrder, storeHandle } from './own-order.ts';
import { certifyInput, makeKeyOutput, planOutput } from './shapes.ts';
import type { Step, StepContext } from './step.ts';
import { webRootOf } from './web-root.ts';

export const placeOrderStep: Step = {
  name: 'place-order',
  ifInterrupted: 'check',
  retries: authorityRetries,
  async run(context) {
    const order = storedIntent(context);
    if (order.state === 'placing') {
      const { plan } = context.output('plan', planOutput);
      const authority = context.tools.authority(plan.authority.id);
      const handle = await authority.submit(
        orderRequest(context, order),
        order.handle ?? null,
        await orderTools(context, order.id),
      );
      const placed = context.tools.database.orders.get(order.id) ?? order;
      storeHandle(context, {
        ...placed,
        handle,
        state: 'pending',
        updatedAt: context.tools.clock.now(),
      });
    }
    const sentence = `Order ${order.number} was placed with ${order.authorityName} for ${order.names.join(', ')}.`;
    return { kind: 'done', output: { orderId: order.id }, sentence };
  },
};

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
