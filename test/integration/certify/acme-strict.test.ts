import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { startAcmeStrict } from '#test/servers/acme-strict.ts';
import type { AcmeStrict } from '#test/servers/acme-strict-script.ts';
import { have } from '#test/servers/available.ts';
import { freePort } from '#test/servers/free-port.ts';
import { agent, dataDirectory, prepareSite, site, start, stop } from './agent-and-site.ts';
import { prepareAgentProcess, runAgent } from './restarts.ts';
import { addSite } from './site.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe.skipIf(!have('nginx'))('an order with a difficult ACME CA', () => {
  let ca: AcmeStrict;
  let nodeId: string;
  let clock: JumpingClock;

  afterEach(() => ca.stop()); // the last to go
  prepareSite();
  prepareAgentProcess();
  beforeEach(async () => {
    ca = await startAcmeStrict();
    clock = new JumpingClock();
    await start({ clock });
    await agent.call.authorities.add({
      kind: 'acme',
      name: 'strict',
      directory_url: ca.directoryUrl,
      trusted_roots: ca.rootPem,
      agree_to_terms: true,
      validation: 'http-01-agent',
      responder_address: '127.0.0.1',
      responder_port: await freePort(),
    });
    ({ nodeId } = await addSite(agent, site, { auto_approve: true, authority: 'strict' }));
  });
  test('that stays processing for hours waits, outlives a restart and is placed once', async () => {
    ca.script({ issuing: 'processing', retryAfter: '3600' });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const waiting = await agent.until(taskId, ['waiting', 'failed']);
    expect(waiting, JSON.stringify(waiting.steps, null, 1)).toMatchObject({
      state: 'waiting',
      waitingFor: 'authority',
    });
    expect((waiting.wakeAt ?? 0) - clock.now()).toBeGreaterThan(hour / 2);
    await stop();
    await start({ clock });
    ca.release();
    clock.jump(2 * hour);
    const task = await agent.until(taskId);
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
    expect(await site.served()).toBe((await agent.call.orders.list({}))[0]?.certificateFingerprint);
  });

  test('whose names are proved already, by methods of its own, is not asked to prove them', async () => {
    ca.script({ authorizations: 'valid-foreign' });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
  });

  test('that is refused ends with its words for each name, and nothing was changed', async () => {
    const before = site.state();
    ca.script({
      refuseOrder: {
        type: 'urn:ietf:params:acme:error:rejectedIdentifier',
        detail: 'not one of yours',
        status: 403,
        subproblems: [
          {
            type: 'urn:ietf:params:acme:error:rejectedIdentifier',
            detail: 'not delegated',
            name: 'shop.example',
          },
        ],
      },
    });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(`${task.failure?.sentence} ${task.failure?.peerSaid}`).toMatch(/not delegated|not one of yours/);
    expect(site.state()).toEqual(before);
  });

  test('whose CSR the CA refuses ends in one sentence, and nothing was changed', async () => {
    const before = site.state();
    ca.script({
      refuseFinalize: {
        type: 'urn:ietf:params:acme:error:badCSR',
        detail: 'the key is too weak for us',
        status: 400,
      },
    });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(`${task.failure?.sentence} ${task.failure?.peerSaid}`).toContain('too weak');
    expect(site.state()).toEqual(before);
  });

  test('whose answer was lost is found again and finalized once', async () => {
    ca.script({ loseAfter: 'newOrder' });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const task = await agent.until(taskId);
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    expect(ca.state).toMatchObject({ newOrders: 1, finalizations: 1 });
  });

  test('is placed and finalized once, whichever answer of the CA the agent is killed after', {
    timeout: 480_000,
  }, async () => {
    await stop();
    let answers = 0;
    let first: Task | null;
    do {
      answers += 1;
      ca.forget();
      const placed = { newOrders: ca.state.newOrders, finalizations: ca.state.finalizations };
      first = await runAgent({ dataDirectory, request: { node: nodeId }, kill: { answers } });
      const task = first ?? (await runAgent({ dataDirectory }));
      expect(task, `killed after answer ${answers}: ${JSON.stringify(task?.steps, null, 1)}`).toMatchObject({
        state: 'succeeded',
      });
      expect(
        {
          newOrders: ca.state.newOrders - placed.newOrders,
          finalizations: ca.state.finalizations - placed.finalizations,
        },
        `killed after answer ${answers}`,
      ).toEqual({ newOrders: 1, finalizations: 1 });
    } while (first === null);
    expect(answers).toBeGreaterThan(6); // the last one is more than it needs
    await start();
  });

  test('is renewed early when the CA says so by ARI, and tells what it replaces', async () => {
    ca.script({ ari: { start: clock.now() + 80 * day, end: clock.now() + 81 * day } });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    const first = await site.served();
    await until(async () => agent.database.renewals.get(nodeId)?.ariStart != null); // asked once, before time jumps
    expect((await agent.call.nodes.show({ node: nodeId })).renewal?.because).toBe('fraction');
    ca.script({ ari: { start: clock.now() + 5 * day, end: clock.now() + 6 * day } });
    clock.jump(2 * day);
    await until(async () => (await agent.call.nodes.show({ node: nodeId })).renewal?.because === 'ari');
    clock.jump(5 * day);
    await until(async () =>
      (await agent.call.orders.list({})).some(
        (order) => order.number === 1002 && order.state === 'collected',
      ),
    );
    await until(async () => (await site.served()) !== first);
    expect(ca.state.orders.at(-1)?.replaces).not.toBeNull();
  });
});

async function until(check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 50_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
