import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import type { Overrides } from '../../../electron/compose/overrides.ts';
import { Failure } from '../../../shared/failure.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve, startSite } from './site.ts';

/** Nothing is written to the end: the certificate is issued, and never installed. */
const refusingWrites: Overrides = {
  connection: (real) =>
    new Proxy(real, {
      get(target, property) {
        if (property === 'writeAll')
          return async () => {
            throw new Failure('file.disk-full', 'There is no space left.', { retry: 'never' });
          };
        const value = Reflect.get(target, property) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
};

type Terms = Omit<Parameters<typeof agent.call.certificates.request>[0], 'node'>;

/** A task whose certificate was issued and could not be installed; then an agent with which it can. Gives the node's ID. */
async function issuedInVain(terms: Terms = {}): Promise<string> {
  await start(refusingWrites);
  const { nodeId } = await addSite(agent, site);
  const before = site.state();
  const { taskId } = await agent.call.certificates.request({ node: nodeId, ...terms });
  expect((await approve(agent, taskId)).issued).toBeUndefined();
  const task = await agent.until(taskId);
  expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'failed', restored: 'proved' });
  expect(site.state()).toEqual(before);
  await stop();
  await start();
  return nodeId;
}

async function requested(nodeId: string, terms: Terms = {}) {
  const { taskId } = await agent.call.certificates.request({ node: nodeId, ...terms });
  const plan = await approve(agent, taskId);
  const task = await agent.until(taskId);
  return { plan, task, said: task.steps.map(({ sentence }) => sentence ?? '').join(' ') };
}

const orders = () => agent.call.orders.list({});
const ours = () => readdirSync(join(site.nginx.dir, 'tls')).filter((name) => name.startsWith('.trustkeep-'));

describe.skipIf(!have('nginx'))('a certificate that was issued and not installed', () => {
  prepareSite();

  test.each([
    ['on the endpoint', {}, 1],
    ['in the agent', { key_place: 'agent' }, 0],
  ] as const)('is installed by the next request, with its key %s', async (_where, terms, keys) => {
    const nodeId = await issuedInVain(terms);
    expect(ours()).toHaveLength(keys);
    const [order] = await orders();
    const { plan, task, said } = await requested(nodeId);
    expect(task, said).toMatchObject({ state: 'succeeded' });
    expect(plan.issued).toMatchObject({
      orderNumber: order?.number,
      fingerprint: order?.certificateFingerprint,
    });
    expect(said).toContain(`Nothing was ordered: the certificate of order ${order?.number}`);
    expect(await site.served()).toBe(order?.certificateFingerprint);
    expect(await orders()).toMatchObject([{ number: order?.number, taskId: task.id }]);
    expect(ours()).toEqual([]);
    // it is used once
    expect((await requested(nodeId)).plan.issued).toBeUndefined();
  });

  test('is installed by the one after the next when that fails, too', async () => {
    const nodeId = await issuedInVain();
    await stop();
    await start(refusingWrites);
    const again = await requested(nodeId);
    expect(again.plan.issued).toBeDefined();
    expect(again.task).toMatchObject({ state: 'failed', restored: 'proved' });
    await stop();
    await start();
    const { plan, task, said } = await requested(nodeId);
    expect(task, said).toMatchObject({ state: 'succeeded' });
    expect(plan.issued?.orderNumber).toBe(again.plan.issued?.orderNumber);
    expect(await orders()).toHaveLength(1);
    expect(ours()).toEqual([]);
  });

  test.each<[string, Terms]>([
    ['a new order is wanted', { new_order: true }],
    ['it is for other names', { names: ['shop.example', 'www.shop.example'] }],
    ['another kind of key is wanted', { key_type: 'rsa-2048' }],
    ['another lifetime is wanted', { days: 7 }],
    ['its key is at another place', { key_place: 'agent' }],
  ])('is not used when %s, and nothing of it is left', async (_why, terms) => {
    const nodeId = await issuedInVain();
    const { plan, task, said } = await requested(nodeId, terms);
    expect(task, said).toMatchObject({ state: 'succeeded' });
    expect(plan.issued).toBeUndefined();
    expect(await orders()).toHaveLength(2);
    await expect.poll(ours, { timeout: 60_000 }).toEqual([]);
  });

  test('whose key is gone is said to be, and the next request orders again', async () => {
    const nodeId = await issuedInVain();
    for (const name of ours()) rmSync(join(site.nginx.dir, 'tls', name));
    const { task } = await requested(nodeId);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed', failure: { code: 'issued.gone' } });
    const { plan, task: next } = await requested(nodeId);
    expect(plan.issued).toBeUndefined();
    expect(next).toMatchObject({ state: 'succeeded' });
  });

  test('is not promised to a node that gets the certificate of another one', async () => {
    const nodeId = await issuedInVain({ key_place: 'agent' });
    const first = await startSite();
    try {
      const nginx_config_path = first.nginx.configPath;
      const { taskId } = await agent.call.endpoints.add({ type: 'nginx', name: 'web2', nginx_config_path });
      await agent.until(taskId ?? '');
      await agent.call.certificates.request({ node: 'web2/shop.example', also: [nodeId] });
      await expect.poll(async () => (await agent.call.approvals.list({})).length).toBe(2);
      const approvals = await agent.call.approvals.list({});
      for (const { plan } of approvals) expect(plan.issued, plan.nodeName).toBeUndefined();
      for (const { id } of approvals) await agent.call.approvals.approve({ approval: id });
      for (const one of approvals) await agent.until(one.taskId);
      expect(await site.served()).toBe(await first.served());
      expect(await orders()).toHaveLength(2);
    } finally {
      await first.nginx.stop();
    }
  });
});
