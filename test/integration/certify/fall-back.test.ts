import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Misbehave, startMisbehaving } from '#test/servers/acme-misbehaving.ts';
import { have } from '#test/servers/available.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve, shop } from './site.ts';

describe.skipIf(!have('nginx') || !have('pebble'))('an order whose authority cannot take it', () => {
  let pebble: Pebble;
  let front: Awaited<ReturnType<typeof startMisbehaving>>;
  let nodeId: string;

  beforeAll(async () => {
    pebble = await startPebble({ alwaysValid: true });
  });
  afterAll(() => pebble.stop());
  afterEach(() => front.stop());
  prepareSite();
  beforeEach(async () => {
    front = await startMisbehaving(pebble);
    await start();
    await add('first', front.directoryUrl, front.rootPem);
    await add('second', pebble.directoryUrl, pebble.rootPem);
    ({ nodeId } = await addSite(agent, site, { authority: 'first', fallback_authority: 'second' }));
  });

  const add = (name: string, directory_url: string, trusted_roots: string) =>
    agent.call.authorities.add({
      ...{ kind: 'acme', name, directory_url, trusted_roots, agree_to_terms: true },
      ...{ validation: 'http-01-web-root', web_root: site.nginx.dir },
    });
  const refuse = (status: number, type: string): Misbehave => {
    const body = { type: `urn:ietf:params:acme:error:${type}`, detail: `said ${type}` };
    return ({ asked }) => (asked === 'newOrder' ? { answer: status, body } : null);
  };
  async function requested(more: { authority?: string } = {}) {
    const { taskId } = await agent.call.certificates.request({ node: nodeId, ...more });
    const plan = await approve(agent, taskId);
    return { plan, task: await agent.until(taskId) };
  }
  const orders = async () =>
    (await agent.call.orders.list({})).map(({ authorityName, state }) => `${authorityName} ${state}`);

  test('because it is not reached goes to the fall-back that the plan names, with a warning', async () => {
    await front.stop();
    const { plan, task } = await requested();
    expect(plan).toMatchObject({ authority: { name: 'first' }, fallback: { name: 'second', kind: 'acme' } });
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded-with-warnings');
    expect(task.steps.find(({ name }) => name === 'place-order')?.sentence).toMatch(
      /^Order 1001 goes to second, because first could not take it: /,
    );
    expect(await orders()).toEqual(['second collected']);
    expect(await site.served()).not.toBe(site.oldFingerprint);
    expect(
      (await agent.call.audit.list({})).find(({ action }) => action === 'order.fell-back'),
    ).toBeDefined();
    await expect(agent.call.authorities.remove({ authority: 'second' })).rejects.toThrow('is used by');
  });

  test('is given another one, not the same again', async () => {
    const same = { endpoint: 'web1', changes: { fallback_authority: 'first' } };
    await expect(agent.call.endpoints.update(same)).rejects.toThrow(
      'The fall-back authority "first" is the authority of the endpoint already.',
    );
    expect(await agent.call.endpoints.show({ endpoint: 'web1' })).toMatchObject({
      authorityName: 'first',
      fallbackName: 'second',
    });
  });

  test('because of its rate limit goes there too, and the renewal asks the first one again', async () => {
    front.misbehave(refuse(429, 'rateLimited'));
    expect((await requested()).task.state).toBe('succeeded-with-warnings');
    front.misbehave(null);
    const { taskId } = await agent.call.certificates.renew({ node: nodeId });
    const plan = await approve(agent, taskId);
    expect(plan).toMatchObject({ authority: { name: 'first' }, fallback: { name: 'second' } });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    expect(await orders()).toEqual(['first collected', 'second collected']);
  });

  test.each(['caa', 'rejectedIdentifier', 'unauthorized'])(
    'because of the names (%s) goes nowhere else',
    async (type) => {
      const before = site.state();
      front.misbehave(refuse(403, type));
      const { task } = await requested();
      expect(task).toMatchObject({ state: 'failed', failure: { peerSaid: `said ${type}` } });
      expect(await orders()).toEqual(['first abandoned']);
      expect(site.state()).toEqual(before);
    },
  );

  test('goes to no other where a person named the authority, or the plan was made for other settings', async () => {
    const { plan } = await requested({ authority: 'second' });
    expect(plan).toMatchObject({ authority: { name: 'second' }, names: [shop] });
    expect(plan.fallback).toBeUndefined();
    front.misbehave(refuse(429, 'rateLimited'));
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.authorities.update({ authority: 'second', changes: { preferred_chain: 'Other Root' } });
    await approve(agent, taskId);
    expect((await agent.until(taskId)).failure).toMatchObject({
      code: 'approval.settings-changed',
      sentence: expect.stringContaining('the settings of second'),
    });
  });

  test('shows the fall-back of the endpoint, and an update clears it', async () => {
    const second = await agent.call.authorities.show({ authority: 'second' });
    const { policy } = await agent.call.endpoints.show({ endpoint: 'web1' });
    expect(policy.fallbackId).toBe(second.id);
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { fallback_authority: null } });
    expect((await agent.call.endpoints.show({ endpoint: 'web1' })).policy).not.toHaveProperty('fallbackId');
    expect((await agent.call.certificates.preview({ node: nodeId })).fallback).toBeUndefined();
  });
});
