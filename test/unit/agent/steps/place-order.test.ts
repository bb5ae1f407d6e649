import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Order } from '#shared/model/order.ts';
import { aCertificate } from '#test/make/certificate-rows.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { placeOrderStep } from '../../../../electron/agent/steps/place-order.ts';
import type {
  Authority,
  OrderRequest,
  OrderTools,
} from '../../../../electron/providers/authorities/authority.ts';

let world: StepWorld;
/** Every call that would place an order, with the handle it was given. */
let submitted: { request: OrderRequest; known: unknown }[];
beforeEach(() => {
  world = stepWorld();
  submitted = [];
});
afterEach(() => world.remove());

/** A CA that remembers the URL of the order and then does this. */
function place(
  afterwards: (tools: OrderTools) => Promise<unknown> = async () => ({ url: '/order/1', ready: true }),
) {
  const authority = {
    async submit(request, known, tools) {
      submitted.push({ request, known });
      tools.remember({ url: '/order/1' });
      return afterwards(tools);
    },
  } as Partial<Authority> as Authority;
  return placeOrderStep.run(world.context({}, { authority: () => authority }));
}
const stored = (): Order | null => world.database.orders.ofTask(world.row.task.id);
const cutOff = () => Promise.reject(new Failure('connection.lost', 'Cut off.', { retry: 'later' }));

describe('an order', () => {
  test('is placed, and its handle is kept', async () => {
    expect(await place()).toMatchObject({ kind: 'done', output: { orderId: stored()?.id } });
    expect(stored()).toMatchObject({ state: 'pending', handle: { url: '/order/1', ready: true } });
  });

  test('that was placed is not placed again when the step is repeated after a restart', async () => {
    await place();
    expect(await place()).toMatchObject({ kind: 'done', output: { orderId: stored()?.id } });
    expect(submitted).toHaveLength(1);
    expect(world.database.orders.list(10)).toHaveLength(1);
  });

  test('that was cut off while it was placed is continued: the CA is given what it had remembered', async () => {
    await expect(place(cutOff)).rejects.toMatchObject({ code: 'connection.lost' });
    expect(stored()).toMatchObject({ state: 'placing', handle: { url: '/order/1' } });
    await place();
    expect(submitted.map(({ known }) => known)).toEqual([null, { url: '/order/1' }]);
    expect(world.database.orders.list(10)).toHaveLength(1);
  });

  test('is stored before the CA is asked, so that no order is unknown here', async () => {
    let before: Order | null = null;
    await place(async () => {
      before = stored();
      return {};
    });
    expect(before).toMatchObject({ state: 'placing', names: ['shop.example'] });
  });

  test('of a renewal tells the CA which certificate it replaces', async () => {
    const old = aCertificate('old', { chainPem: 'the old chain' });
    world.database.certificates.upsert(old);
    world.row.memory.input = { reason: 'renewal', replaces: old.fingerprint };
    await place();
    expect(submitted[0]?.request.replacesPem).toBe('the old chain');
  });
});
