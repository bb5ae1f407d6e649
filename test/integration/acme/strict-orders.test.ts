import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { acme, ca, prepareStrictCa, ready } from './strict-ca.ts';

describe.skipIf(!ready)('ACME with a strict and difficult CA', () => {
  prepareStrictCa();

  describe('never orders twice', () => {
    test('the intent is stored before the CA is asked, and the URL before anything else', async () => {
      const { authority } = acme(ca);
      const order = await makeTestOrder(['kept.example']);
      await obtain(authority, order);
      expect(order.remembered.map((handle) => (handle as { phase: string }).phase)).toEqual(
        expect.arrayContaining(['placing', 'placed', 'finalizing', 'finalized']),
      );
      expect(order.remembered[0]).toMatchObject({ phase: 'placing', orderUrl: null });
      const finalizing = order.remembered.findIndex(
        (handle) => (handle as { phase: string }).phase === 'finalizing',
      );
      expect(order.remembered[finalizing]).toMatchObject({ orderUrl: ca.state.orders[0]?.url });
    });

    test('an order whose answer was lost is found again in the list of the CA, however many are before it', async () => {
      const state = memoryState();
      const first = acme(ca, { state });
      await obtain(first.authority, await makeTestOrder(['other.example']));
      const [old] = ca.state.orders;
      for (let n = 0; old !== undefined && n < 70; n++)
        ca.state.orders.push({ ...old, url: `${old.url}-${n}` });
      ca.script({ loseAfter: 'newOrder' });
      const order = await makeTestOrder(['found.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({
        code: 'net.lost',
        retry: 'later',
      });
      const placed = ca.state.newOrders;
      const second = acme(ca, { state });
      await obtain(second.authority, order);
      expect(ca.state.newOrders).toBe(placed);
      expect(ca.state.orders.at(-1)).toMatchObject({ finalized: 1 });
    });

    test('without such a list a new order is placed and only that one is finalized', async () => {
      ca.script({ listsOrders: false, loseAfter: 'newOrder' });
      const { authority } = acme(ca);
      const order = await makeTestOrder(['unlisted.example']);
      await expect(untilDone(authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      await obtain(authority, order);
      expect(ca.state).toMatchObject({ newOrders: 2, finalizations: 1 });
    });

    test('a lost answer to finalize is not finalized again', async () => {
      ca.script({ loseAfter: 'finalize' });
      const state = memoryState();
      const first = acme(ca, { state });
      const order = await makeTestOrder(['cut.example']);
      await expect(untilDone(first.authority, order)).rejects.toMatchObject({ code: 'net.lost' });
      const second = acme(ca, { state });
      await obtain(second.authority, order);
      expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
    });

    test('a restart after each stored handle ends with one order and one certificate', async () => {
      const rehearsal = await makeTestOrder(['restarted.example']);
      await obtain(acme(ca).authority, rehearsal);
      const times = rehearsal.remembered.length - 1; // the last one is stored by cleaning up
      expect(times).toBeGreaterThanOrEqual(6);
      for (let nth = 1; nth <= times; nth++) {
        ca.forget();
        Object.assign(ca.state, { newOrders: 0, finalizations: 0 });
        await restartAfter(nth);
        expect({ nth, ...ca.state }).toMatchObject({ nth, newOrders: 1, finalizations: 1 });
      }
    });

    /** Stops the first authority dead right after the nth handle was stored, and goes on with another. */
    async function restartAfter(nth: number): Promise<void> {
      const state = memoryState();
      const order = await makeTestOrder(['restarted.example']);
      const remember = (handle: unknown) => {
        order.tools.remember(handle);
        if (order.remembered.length === nth) throw new Error('killed');
      };
      const dying = { ...order, tools: { ...order.tools, remember } };
      await expect(untilDone(acme(ca, { state }).authority, dying)).rejects.toThrow('killed');
      await obtain(acme(ca, { state }).authority, order);
    }

    test('two requests for the same names at a CA that gives one order out twice get a certificate each', async () => {
      ca.script({ reusesOrders: true });
      const { authority } = acme(ca);
      const one = await makeTestOrder(['same.example']);
      const two = await makeTestOrder(['same.example']);
      await authority.submit(one.request, null, one.tools);
      await expect(authority.submit(two.request, null, two.tools)).rejects.toMatchObject({
        code: 'acme.order-shared',
        retry: 'later',
      });
      const first = new X509Certificate(await obtain(authority, one));
      const second = new X509Certificate(await obtain(authority, two));
      expect(first.publicKey.equals(second.publicKey)).toBe(false);
      expect(ca.state.finalizations).toBe(2);
    });

    test('a request that ended in a failure leaves its order to the next one', async () => {
      ca.script({ reusesOrders: true, challengeTypes: ['dns-01'] });
      const { authority } = acme(ca);
      await expect(untilDone(authority, await makeTestOrder(['left.example']))).rejects.toMatchObject({
        code: 'acme.challenge-not-offered',
      });
      const next = await makeTestOrder(['left.example']);
      await authority.submit(next.request, null, next.tools);
      expect(next.known()).toMatchObject({ orderUrl: ca.state.orders[0]?.url });
    });

    test('an order somebody else finalized is replaced by a new one', async () => {
      const state = memoryState();
      ca.script({ reusesOrders: true });
      const mine = acme(ca, { state });
      const other = acme(ca, { state });
      const one = await makeTestOrder(['taken.example']);
      const two = await makeTestOrder(['taken.example']);
      await mine.authority.submit(one.request, null, one.tools);
      await obtain(other.authority, two);
      const chain = new X509Certificate(await obtain(mine.authority, one));
      expect(chain.publicKey.equals(new X509Certificate(ca.state.issued[0] ?? '').publicKey)).toBe(false);
      expect(ca.state.finalizations).toBe(2);
    });

    test('an order the CA forgot ends refused and worth a new one', async () => {
      const { authority } = acme(ca);
      const order = await makeTestOrder(['forgotten.example']);
      await authority.submit(order.request, null, order.tools);
      await obtain(authority, await makeTestOrder(['first-look.example']));
      ca.forget();
      ca.script({ validation: 'never' });
      // the order as just placed is still at hand: its authorizations are what is missing
      const again = acme(ca, { state: memoryState() });
      const poll = () => again.authority.poll(order.known(), order.request, order.tools);
      const waits: number[] = [];
      let status = await poll();
      for (; status.state === 'pending'; status = await poll()) waits.push(status.afterMs);
      expect(waits).toEqual([1000, 4000, 15_000, 60_000]);
      expect(status).toMatchObject({
        state: 'refused',
        because: { code: 'acme.order-gone', retry: 'later' },
      });
    });
  });
});
