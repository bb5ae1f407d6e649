import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { failureOf } from '../../../electron/transport/client.ts';
import { clientInProcess } from '../../../electron/transport/in-process.ts';

let data: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let node: string;

/** The contract as a server's order is carried out: as that server, for that order. */
const order = (outsideId: string, actor = 'scm') =>
  clientInProcess(agent.router, { origin: 'server', actor, outsideId });

const refused = async (call: Promise<unknown>) =>
  failureOf(
    await call.then(
      () => null,
      (thrown: unknown) => thrown,
    ),
  );

beforeEach(async () => {
  data = tempDirectory('server-orders');
  agent = await startAgent({ dataDirectory: data.path });
  const leaf = makeLeaf(makeCa(), { names: ['shop.example'] });
  const path = join(data.path, 'site.pem');
  writeFileSync(path, leaf.chainPem + leaf.keyPem, { mode: 0o640 });
  const { taskId } = await agent.call.endpoints.add({ type: 'pem', name: 'shop', path, auto_approve: true });
  await agent.until(taskId ?? '');
  node = (await agent.call.nodes.list({}))[0]?.id ?? '';
});
afterEach(async () => {
  await agent.close();
  data.remove();
});

describe('an order of a management server', () => {
  test('for a certificate waits for a person, whatever the endpoint approves by itself, and its result is owed', async () => {
    const { taskId } = await order('order-1').certificates.request({ node });
    expect(await agent.until(taskId, ['waiting'])).toMatchObject({
      waitingFor: 'approval',
      origin: 'server',
      actor: 'scm',
      outsideId: 'order-1',
    });
    expect((await order('order-1').certificates.request({ node })).taskId).toBe(taskId);
    const forbidden = await refused(order('order-2').approvals.approve({ approval: taskId }));
    expect(forbidden.code).toBe('command.not-allowed');
    expect(await order('ask').outbox.list({})).toEqual([]);

    await agent.call.approvals.approve({ approval: taskId });
    const { state } = await agent.until(taskId);
    expect(state).toMatch(/^succeeded/);
    await agent.close();
    agent = await startAgent({ dataDirectory: data.path });
    const [owed, ...more] = await order('ask').outbox.list({});
    expect(more).toEqual([]);
    expect(owed).toMatchObject({ server: 'scm', outsideId: 'order-1', taskId, kind: 'certify', state });

    expect(await order('ask', 'another').outbox.list({})).toEqual([]);
    const result = owed?.id ?? '';
    expect((await refused(order('x', 'another').outbox.acknowledge({ result }))).code).toBe(
      'outbox.not-found',
    );
    expect((await refused(agent.call.outbox.acknowledge({ result }))).code).toBe('command.not-allowed');
    expect(await agent.call.outbox.list({})).toHaveLength(1);
    await order('x').outbox.acknowledge({ result });
    expect(await order('ask').outbox.list({})).toEqual([]);
    expect((await refused(order('x').outbox.acknowledge({ result }))).code).toBe('outbox.not-found');
    expect((await order('order-1').certificates.request({ node })).taskId).toBe(taskId);
  });

  test('that it takes back is cancelled, and that is owed too; a task of a person is not its own', async () => {
    const { taskId } = await order('order-1').certificates.request({ node });
    await agent.until(taskId, ['waiting']);
    expect((await refused(order('x', 'another').tasks.cancel({ task: taskId }))).code).toBe(
      'command.not-allowed',
    );
    expect((await order('x').tasks.cancel({ task: taskId })).state).toBe('cancelled');
    expect(await order('ask').outbox.list({})).toMatchObject([{ taskId, state: 'cancelled' }]);
    const own = agent.agent.endpoints.restart((await agent.call.endpoints.list({}))[0]?.id ?? '', {
      origin: 'gui',
      actor: 'anna',
    });
    expect((await refused(order('x').tasks.cancel({ task: own.id }))).code).toBe('command.not-allowed');
    await agent.until(own.id);
    expect(await order('ask').outbox.list({})).toHaveLength(1);
  });

  test('for a change without a plan is told to a person, once, and carried out by nobody', async () => {
    const restart = () => refused(order('order-1').endpoints.restart({ endpoint: 'shop' }));
    expect(await restart()).toMatchObject({ code: 'command.needs-person', retry: 'needs-person' });
    await restart();
    const told = (await agent.call.notifications.list({})).filter(({ kind }) => kind === 'system');
    expect(told.map(({ sentence }) => sentence)).toEqual([
      'scm asks for endpoints.restart of shop. If you want this, do it in Trustkeep.',
    ]);
    expect((await agent.call.tasks.list({})).map(({ kind }) => kind)).toEqual(['discover']);
    expect((await agent.call.audit.list({})).filter(({ origin }) => origin === 'server')).toMatchObject([
      { action: 'endpoints.restart', outcome: 'refused', actor: 'scm' },
      { action: 'endpoints.restart', outcome: 'refused', actor: 'scm' },
    ]);
  });
});
