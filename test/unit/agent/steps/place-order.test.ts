import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Order } from '#shared/model/order.ts';
import { aCertificate } from '#test/make/certificate-rows.ts';
import { acmeSettings, anAuthority } from '#test/make/rows.ts';
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

  test('that was cut off before the CA had said anything is placed when the step is repeated', async () => {
    const silent: Partial<Authority> = { submit: cutOff };
    const first = placeOrderStep.run(world.context({}, { authority: () => silent as Authority }));
    await expect(first).rejects.toMatchObject({ code: 'connection.lost' });
    expect(stored()).toMatchObject({ state: 'placing', handle: null });
    expect(await place()).toMatchObject({ kind: 'done', output: { orderId: stored()?.id } });
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

describe('an order whose plan names a fall-back', () => {
  const limited = () => Promise.reject(new Failure('net.refused', 'Nobody answers.'));
  const caa = () => Promise.reject(new Failure('acme.caa', 'A CAA record forbids it.'));
  /** Two authorities that remember what they were asked; each then does this. */
  function placeAt(does: Record<string, () => Promise<unknown>>) {
    const { plan } = world;
    const fallback = { id: 'ca_other', name: 'other', kind: 'acme' };
    const asked: string[] = [];
    const authority = (id: string) =>
      ({
        async submit(_request, known, tools) {
          asked.push(`${id} ${JSON.stringify(known)}`);
          tools.remember({ of: id });
          return does[id]?.();
        },
      }) as Partial<Authority> as Authority;
    const ran = placeOrderStep.run(world.context({ plan: { plan: { ...plan, fallback } } }, { authority }));
    return { ran, asked, first: plan.authority.id };
  }

  test('goes there when the first one is not reached, and only then', async () => {
    const { ran, asked, first } = placeAt({ [world.plan.authority.id]: limited, ca_other: async () => 'h' });
    expect(await ran).toMatchObject({
      kind: 'done-with-warning',
      sentence: expect.stringMatching(/goes to other, because .* could not take it: Nobody answers\.$/),
    });
    expect(asked).toEqual([`${first} null`, 'ca_other null']);
    expect(stored()).toMatchObject({ authorityId: 'ca_other', state: 'pending', handle: 'h' });
    await placeAt({}).ran;
    expect(stored()).toMatchObject({ authorityId: 'ca_other', handle: 'h' });
  });

  test.each([
    ['has a limit', 'acme.rate-limited', true],
    ['is down', 'acme.server-internal', true],
    ['refuses the account', 'acme.account-not-valid', true],
    ['refuses the names', 'acme.rejected-identifier', false],
    ['refuses the request', 'acme.bad-csr', false],
  ] as const)('where the first one %s (%s): goes there %s', async (_what, code, goes) => {
    const { id } = world.plan.authority;
    world.database.authorities.insert(anAuthority({ id, kind: 'acme', settings: acmeSettings() }));
    const refuses = () => Promise.reject(new Failure(code, 'It does not take it.'));
    const { ran, asked } = placeAt({ [id]: refuses, ca_other: async () => 'h' });
    if (goes) expect(await ran).toMatchObject({ kind: 'done-with-warning' });
    else await expect(ran).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(goes ? 2 : 1);
  });

  test('that went there is told in the audit', async () => {
    await placeAt({ [world.plan.authority.id]: limited, ca_other: async () => 'h' }).ran;
    expect(world.database.audit.list(undefined, 5)).toMatchObject([
      {
        ...{ action: 'order.fell-back', subject: stored()?.id, outcome: 'ok' },
        sentence: expect.stringMatching(/^Order 1001 goes to other, because /),
      },
    ]);
  });

  test('stays with the first one when that refuses the names', async () => {
    const { ran, asked } = placeAt({ [world.plan.authority.id]: caa });
    await expect(ran).rejects.toMatchObject({ code: 'acme.caa' });
    expect(asked).toHaveLength(1);
  });

  test('is with the first one again, with what that one remembered, when neither takes it', async () => {
    const first = world.plan.authority.id;
    await expect(placeAt({ [first]: limited, ca_other: caa }).ran).rejects.toMatchObject({
      ...{ code: 'net.refused', retry: 'later' },
      hint: expect.stringContaining('The fall-back other could not take the order either: A CAA record'),
    });
    expect(stored()).toMatchObject({ authorityId: first, state: 'placing', handle: { of: first } });
    const again = placeAt({ [first]: limited, ca_other: caa });
    await expect(again.ran).rejects.toMatchObject({ code: 'net.refused' });
    expect(again.asked).toEqual([`${first} {"of":"${first}"}`, 'ca_other null']);
    const last = placeAt({ [first]: async () => 'h' });
    expect(await last.ran).toMatchObject({ kind: 'done' });
    expect(last.asked).toEqual([`${first} {"of":"${first}"}`]);
  });

  test('that was cut off there is told by the place in the plan, whichever was asked first', async () => {
    const first = world.plan.authority.id;
    void placeAt({ [first]: limited, ca_other: () => new Promise(() => {}) }).ran;
    await vi.waitFor(() => expect(stored()).toMatchObject({ authorityId: 'ca_other', state: 'placing' }));
    await expect(placeAt({ [first]: caa, ca_other: limited }).ran).rejects.toMatchObject({
      code: 'net.refused',
      hint: expect.stringMatching(/^The first choice .+ could not take the order either: A CAA record/),
    });
  });
});
