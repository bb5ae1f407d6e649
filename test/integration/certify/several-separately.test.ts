import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { type Site, startSite } from './site.ts';

let others: Site[];
let reloads: string[];

/** Adds a site by that name, and gives the ID of its node. */
async function added(name: string, { nginx }: Site, restarts = 'with_install'): Promise<string> {
  const { taskId } = await agent.call.endpoints.add({
    ...{ type: 'nginx', name, nginx_config_path: nginx.configPath, restarts },
  });
  await agent.until(taskId ?? '');
  const [node] = await agent.call.nodes.list({ endpoint: name });
  return node?.id ?? '';
}

/** An agent by which this site is not reloaded once `until` is over. */
const startRefusing = (stuck: Site, until: Promise<void>): Promise<void> =>
  start({
    connection: (real) =>
      new Proxy(real, {
        get(target, property) {
          if (property === 'exec')
            return async (request: Parameters<typeof real.exec>[0]) => {
              const { argv } = request;
              if (argv.includes('reload')) reloads.push(argv.join(' '));
              if (!argv.includes('reload') || !argv.includes(stuck.nginx.configPath))
                return target.exec(request);
              await until;
              return { code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('no'), timedOut: false };
            };
          const value = Reflect.get(target, property) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });

describe.skipIf(!have('nginx'))('one certificate for servers of which one is restarted separately', () => {
  prepareSite();
  beforeEach(async () => {
    reloads = [];
    others = [await startSite({ names: ['blog.example'] }), await startSite({ names: ['wiki.example'] })];
  });
  afterEach(async () => {
    for (const { nginx } of others) await nginx.stop();
  });

  test('is restored there too when another one fails, though no one asked for the restart', async () => {
    const [blog, wiki] = others as [Site, Site];
    const waits = Promise.withResolvers<void>();
    await startRefusing(wiki, waits.promise);
    const before = [site, blog, wiki].map((one) => one.state());
    const node = await added('web1', site);
    const also = [await added('web2', blog, 'separately'), await added('web3', wiki)];
    await agent.call.certificates.request({ node, also });
    await expect.poll(async () => (await agent.call.approvals.list({})).length).toBe(3);
    const approvals = await agent.call.approvals.list({});
    for (const { id } of approvals) await agent.call.approvals.approve({ approval: id });
    const of = (nodeId = '') => approvals.find(({ plan }) => plan.nodeId === nodeId)?.taskId ?? '';
    const waiting = async () => (await agent.call.tasks.show({ task: of(also[0]) })).task.waitingFor;
    await expect.poll(waiting, { timeout: 30_000 }).toBe('endpoint-restart');
    waits.resolve();
    const tasks = await Promise.all([node, ...also].map((one) => agent.until(of(one), undefined, 60_000)));
    expect(tasks.map(({ state, restored }) => `${state} ${restored}`)).toEqual([
      ...['failed proved', 'failed proved', 'failed proved'],
    ]);
    expect(reloads.filter((one) => one.includes(blog.nginx.configPath))).toEqual([]);
    expect(tasks[1]?.failure).toMatchObject({ code: 'group.failed' });
    expect([site, blog, wiki].map((one) => one.state())).toEqual(before);
  });
});
