import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import { have } from '#test/servers/available.ts';
import { certifyKind } from '../../../electron/agent/certificates/certify-kind.ts';
import { agent, dataDirectory, prepareSite, site, start, stop } from './agent-and-site.ts';
import type { Orders } from './agent-process.ts';
import { prepareAgentProcess, runAgent } from './restarts.ts';
import { addSite } from './site.ts';

describe.skipIf(!have('nginx'))('an agent that is killed goes on where it was', { timeout: 240_000 }, () => {
  let nodeId: string;
  let filesBefore: string[];

  prepareSite();
  prepareAgentProcess();
  beforeEach(async () => {
    await start();
    ({ nodeId } = await addSite(agent, site, { auto_approve: true }));
    await stop();
    filesBefore = Object.keys(site.state());
  });

  async function expectSameResult(task: Task | null): Promise<void> {
    expect(task, JSON.stringify(task?.steps, null, 1)).toMatchObject({ state: 'succeeded' });
    await start();
    const orders = await agent.call.orders.list({});
    expect(orders.map((order) => order.state)).toEqual(['collected']);
    expect(await site.served()).toBe(orders[0]?.certificateFingerprint);
    expect(Object.keys(site.state())).toEqual(filesBefore);
    expect(agent.database.secrets.list(task?.id ?? '')).toEqual([]);
    expect((await agent.call.audit.verify({})).ok).toBe(true);
  }

  const certifySteps = certifyKind.forward.map(({ name }) => name);
  const begun = certifySteps.filter((step) => step !== 'finish');

  test.each(begun)('killed when the step %s is running', async (step) => {
    const kill = { step, state: 'running' } as const;
    expect(await runAgent({ dataDirectory, request: { node: nodeId }, kill })).toBeNull();
    await expectSameResult(await runAgent({ dataDirectory }));
  });

  test('killed after every single step of the same task, with the key made in the agent', async () => {
    let request: Orders['request'] | undefined = { node: nodeId, key_place: 'agent' };
    for (const step of certifySteps.slice(0, -1)) {
      expect(
        await runAgent({
          dataDirectory,
          ...(request ? { request } : {}),
          kill: { step, state: 'done' },
        }),
        step,
      ).toBeNull();
      request = undefined;
    }
    await expectSameResult(await runAgent({ dataDirectory }));
  });

  test.each(['.shop.key.trustkeep-', '..trustkeep-'])(
    'killed in the middle of a write, when %s… is there, leaves no part of it',
    async (appears) => {
      const directory = join(site.nginx.dir, 'tls');
      expect(
        await runAgent({ dataDirectory, request: { node: nodeId }, kill: { appears, directory } }),
      ).toBeNull();
      const left = readdirSync(directory).filter((name) => name.startsWith(appears));
      expect(left).not.toEqual([]);
      await expectSameResult(await runAgent({ dataDirectory }));
      expect(readdirSync(directory).filter((name) => name.includes('.trustkeep-'))).toEqual([]);
    },
  );

  // field case T3; a server started then does not start: acmesh-official/acme.sh#6621, nginx/njs-acme#52
  test('killed the moment the key is in its place, it leaves a pair that belongs together', async () => {
    const tls = (name: string) => readFileSync(join(site.nginx.dir, 'tls', name));
    const old = tls('shop.key');
    const kill = { appears: 'shop.key', directory: join(site.nginx.dir, 'tls') };
    expect(await runAgent({ dataDirectory, request: { node: nodeId }, kill })).toBeNull();
    expect(tls('shop.key')).not.toEqual(old);
    const certificate = new X509Certificate(tls('shop.crt'));
    expect(certificate.checkPrivateKey(createPrivateKey(tls('shop.key')))).toBe(true);
    await expectSameResult(await runAgent({ dataDirectory }));
  });

  test('killed while it puts back what was there, it still ends restored and proved', async () => {
    const before = site.state();
    await start({ connection: noReload });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['running', 'failed']);
    for (;;) {
      const row = agent.database.tasks.get(taskId);
      if (row?.memory.direction === 'undoing') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await agent.stop(0); // broken off: given time, it would finish what it puts back
    const task = await runAgent({ dataDirectory });
    expect(task).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
  });
});

/** A connection on which a reload says yes and does nothing. */
function noReload<T extends { exec(request: { argv: readonly string[] }): Promise<unknown> }>(real: T): T {
  return new Proxy(real, {
    get(target, property) {
      if (property === 'exec')
        return async (request: { argv: readonly string[] }) =>
          request.argv.includes('reload')
            ? { code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: false }
            : target.exec(request);
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
