import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { type Site, startSite } from './site.ts';

let other: Site;

/** Adds a site by that name, and gives the IDs of its nodes by their names. */
async function added(name: string, { nginx }: Pick<Site, 'nginx'>): Promise<Record<string, string>> {
  const { taskId } = await agent.call.endpoints.add({
    ...{ type: 'nginx', name, nginx_config_path: nginx.configPath },
  });
  await agent.until(taskId ?? '');
  const nodes = await agent.call.nodes.list({ endpoint: name });
  return Object.fromEntries(nodes.map((node) => [node.name, node.id]));
}

/** The tasks of one certificate for these nodes, in their order, each with its plan waiting for approval. */
async function requested(first: string, also: string[]): Promise<string[]> {
  const { taskId } = await agent.call.certificates.request({ node: first, also });
  await expect
    .poll(async () => (await agent.call.approvals.list({})).length, { timeout: 60_000 })
    .toBe(also.length + 1);
  const tasks = (await agent.call.tasks.list({})).filter(({ kind }) => kind === 'certify');
  const of = (nodeId: string) => tasks.find(({ subject }) => subject.id === nodeId)?.id ?? '';
  expect(of(first)).toBe(taskId);
  return [first, ...also].map(of);
}

async function approveAll(taskIds: readonly string[]): Promise<void> {
  for (const approval of taskIds) await agent.call.approvals.approve({ approval });
}

const ended = (taskIds: readonly string[]) =>
  Promise.all(taskIds.map((id) => agent.until(id, undefined, 60_000)));
const isStuck = (at: Site) => (argv: readonly string[]) =>
  argv.includes('reload') && argv.includes(at.nginx.configPath);

/** An agent over whose connections a reload is refused where `refuses` says so. */
async function startRefusing(refuses: (argv: readonly string[]) => boolean): Promise<void> {
  await start({
    connection: (real) =>
      new Proxy(real, {
        get(target, property) {
          if (property === 'exec')
            return async (request: Parameters<typeof real.exec>[0]) =>
              refuses(request.argv)
                ? { code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('no'), timedOut: false }
                : target.exec(request);
          const value = Reflect.get(target, property) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
}

describe.skipIf(!have('nginx'))('one certificate for two servers', () => {
  prepareSite();
  beforeEach(async () => {
    other = await startSite({ names: ['blog.example'] });
  });
  afterEach(() => other.nginx.stop());

  async function both(): Promise<string[]> {
    const web1 = await added('web1', site);
    const web2 = await added('web2', other);
    return requested(web1['shop.example'] ?? '', [web2['blog.example'] ?? '']);
  }

  test('is proved at the first, and then installed on the other, after one order', async () => {
    await start();
    const ids = await both();
    const { plan } = await agent.call.approvals.show({ approval: ids[1] ?? '' });
    const [said] = (await agent.call.audit.list({})).filter(
      ({ action }) => action === 'certificates.request',
    );
    expect(said?.sentence).toContain('for web1/shop.example, web2/blog.example');
    expect(plan.group?.places).toEqual(['web1/shop.example', 'web2/blog.example']);
    expect(plan.names).toEqual(['shop.example', 'blog.example']);
    // approved in another order; nothing is ordered before the last
    await agent.call.approvals.approve({ approval: ids[1] ?? '' });
    await expect
      .poll(async () => (await agent.call.tasks.show({ task: ids[1] ?? '' })).task.waitingFor)
      .toBe('group');
    expect(await agent.call.orders.list({})).toEqual([]);
    await approveAll(ids.slice(0, 1));
    const tasks = await ended(ids);
    for (const task of tasks)
      expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'succeeded' });
    const [order, ...more] = await agent.call.orders.list({});
    expect(more).toEqual([]);
    expect(await site.served()).toBe(order?.certificateFingerprint);
    expect(await other.served()).toBe(order?.certificateFingerprint);
    const step = (at: number, name: string) => tasks[at]?.steps.find((one) => one.name === name);
    expect(step(1, 'snapshot')?.startedAt).toBeGreaterThanOrEqual(step(0, 'prove')?.finishedAt ?? Infinity);
    for (const one of [site, other])
      expect(Object.keys(one.all()).filter((path) => path.includes('.trustkeep-'))).toEqual([]);

    // and is renewed for both
    const { taskId } = await agent.call.certificates.renew({ node: 'web2/blog.example' });
    await expect.poll(async () => (await agent.call.approvals.list({})).length).toBe(2);
    const again = (await agent.call.approvals.list({})).map((one) => one.taskId);
    expect(again).toContain(taskId);
    await approveAll(again);
    expect((await ended(again)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(await site.served()).toBe(await other.served());
    expect(await agent.call.orders.list({})).toHaveLength(2);
  });

  test('that one of them does not serve is restored on both', async () => {
    await startRefusing((argv) => isStuck(other)(argv));
    const before = [site.state(), other.state()];
    const ids = await both();
    await approveAll(ids);
    const [first, second] = await ended(ids);
    expect(second, JSON.stringify(second, null, 1)).toMatchObject({
      ...{ state: 'failed', failure: { code: 'endpoint.restart-failed' } },
    });
    expect(first).toMatchObject({ state: 'failed', restored: 'proved', failure: { code: 'group.failed' } });
    expect(first?.failure?.sentence).toContain('web2/blog.example');
    expect([site.state(), other.state()]).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(await other.served()).toBe(other.oldFingerprint);
  });

  test('that the first does not serve leaves the other as it is', async () => {
    await startRefusing(isStuck(site));
    const before = other.all();
    const ids = await both();
    await approveAll(ids);
    const [first, second] = await ended(ids);
    expect(first).toMatchObject({ state: 'failed', failure: { code: 'endpoint.restart-failed' } });
    expect(second).toMatchObject({
      state: 'failed',
      restored: 'not-needed',
      failure: { code: 'group.failed' },
    });
    expect(other.all()).toEqual(before);
  });

  test('whose plan is rejected for one of them is not ordered', async () => {
    await start();
    const ids = await both();
    await agent.call.approvals.approve({ approval: ids[0] ?? '' });
    await agent.call.approvals.reject({ approval: ids[1] ?? '' });
    const [first, second] = await ended(ids);
    expect(second).toMatchObject({ state: 'cancelled' });
    expect(first).toMatchObject({ state: 'failed', failure: { code: 'group.failed' } });
    expect(await agent.call.orders.list({})).toEqual([]);
  });

  test('survives the end of the agent between the two', async () => {
    await start();
    const ids = await both();
    await approveAll(ids);
    await expect
      .poll(async () => (await agent.call.tasks.show({ task: ids[0] ?? '' })).task.waitingFor, {
        ...{ timeout: 60_000, interval: 5 },
      })
      .toBe('group');
    await stop();
    await start();
    expect((await ended(ids)).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(await site.served()).toBe(await other.served());
  });
});

describe.skipIf(!have('nginx'))('one certificate for two names of one server', () => {
  prepareSite();

  /** A second server block beside the first, with a certificate of its own. */
  async function twoNames(): Promise<Record<string, string>> {
    const leaf = makeLeaf(makeCa({ commonName: 'Somebody else' }), { names: ['blog.example'] });
    writeFileSync(join(site.nginx.dir, 'tls/blog.crt'), leaf.chainPem);
    writeFileSync(join(site.nginx.dir, 'tls/blog.key'), leaf.keyPem, { mode: 0o600 });
    const text = readFileSync(site.nginx.configPath, 'utf8');
    const block = /\n *server \{[\s\S]*?\n *\}\n/.exec(text)?.[0] ?? '';
    const second = block.replaceAll('shop', 'blog');
    writeFileSync(site.nginx.configPath, text.replace(block, block + second));
    await site.nginx.reload();
    return added('web1', site);
  }
  const blogServed = async () => {
    const answer = await probeTls({ address: '127.0.0.1', port: site.port, serverName: 'blog.example' });
    return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
  };

  test('is installed on both', async () => {
    await start();
    const nodes = await twoNames();
    const ids = await requested(nodes['shop.example'] ?? '', [nodes['blog.example'] ?? '']);
    await approveAll(ids);
    for (const task of await ended(ids))
      expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'succeeded' });
    expect(await blogServed()).toBe(await site.served());
    expect(await site.served()).not.toBe(site.oldFingerprint);
  });

  test('is refused where they have theirs in one file', async () => {
    await start();
    const nodes = await twoNames();
    const text = readFileSync(site.nginx.configPath, 'utf8').replaceAll('tls/blog.', 'tls/shop.');
    writeFileSync(site.nginx.configPath, text);
    await agent.until((await agent.call.endpoints.discover({ endpoint: 'web1' })).taskId);
    const [node = '', other = ''] = Object.values(nodes);
    await expect(agent.call.certificates.request({ node, also: [other] })).rejects.toMatchObject({
      data: { code: 'group.unfit', sentence: expect.stringContaining('in the same file') },
    });
    await expect(agent.call.certificates.request({ node, also: [node] })).rejects.toMatchObject({
      data: { code: 'group.unfit', sentence: expect.stringContaining('named twice') },
    });
  });

  test('is restored on both, byte for byte, when the second cannot be installed', async () => {
    let reloads = 0;
    await startRefusing((argv) => argv.includes('reload') && ++reloads === 2);
    const nodes = await twoNames();
    const before = site.state();
    const blogBefore = await blogServed();
    const ids = await requested(nodes['shop.example'] ?? '', [nodes['blog.example'] ?? '']);
    await approveAll(ids);
    const tasks = await ended(ids);
    expect(tasks.map(({ state, restored }) => `${state} ${restored}`)).toEqual([
      'failed proved',
      'failed proved',
    ]);
    expect(site.state()).toEqual(before);
    expect([await site.served(), await blogServed()]).toEqual([site.oldFingerprint, blogBefore]);
  });
});
