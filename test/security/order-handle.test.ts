/**
 * The attack: somebody who can only write to the database adds to what an order says was put up to prove control of its
 * names, so that it is written to a web root, or removed from it. A real CA, and a real nginx that answers it.
 */
import { chmodSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { have } from '#test/servers/available.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { addSite, approve, type Site, startSite } from '../integration/certify/site.ts';

type Handle = { provisions: Record<string, unknown>[] };

describe.skipIf(!have('pebble') || !have('pebble-challtestsrv'))('the handle of an order', () => {
  let pebble: Pebble;
  let agent: TestAgent;
  let plain: RunningNginx;
  let site: Site;
  let nodeId: string;
  let root: string;
  const [data, web] = [tempDirectory('handle'), tempDirectory('web-root')];

  beforeAll(async () => {
    pebble = await startPebble();
    agent = await startAgent({ dataDirectory: data.path });
    chmodSync(web.path, 0o755);
    root = join(web.path, 'html');
    mkdirSync(root, { mode: 0o755 });
    writeFileSync(join(root, 'index.html'), 'the site');
    plain = await startNginx({ http: `server { listen 127.0.0.1:${pebble.httpPort}; root ${root}; }` });
    site = await startSite({ root });
    await agent.call.authorities.add({
      ...{ kind: 'acme', name: 'pebble', directory_url: pebble.directoryUrl, agree_to_terms: true },
      ...{ trusted_roots: pebble.rootPem, validation: 'http-01-web-root' },
    });
    ({ nodeId } = await addSite(agent, site));
  });
  afterAll(async () => {
    await agent.close();
    await Promise.all([site.nginx.stop(), plain.stop(), pebble.stop()]);
    data.remove();
    web.remove();
  });

  /** How a request ends whose handle becomes that after each step it was stored in, and which names came and went in the web root. */
  async function attacked(change: (handle: Handle) => Handle) {
    const names = new Set<string | null>();
    const watching = watch(root, (_event, name) => names.add(name));
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'pebble' });
    const stop = agent.agent.events.on(() => {
      const order = agent.database.orders.ofTask(taskId);
      if (order === null || order.handle === null || order.state === 'collected') return;
      const other = change(order.handle as Handle);
      if (JSON.stringify(other) !== JSON.stringify(order.handle))
        agent.database.orders.update({ ...order, handle: other });
    });
    try {
      await approve(agent, taskId);
      return { task: await agent.until(taskId), names, secrets: agent.database.secrets.list(taskId) };
    } finally {
      stop();
      watching.close();
    }
  }

  test('that was left alone leads to a certificate, and only to the directory of challenges', async () => {
    const { task, names, secrets } = await attacked((handle) => handle);
    expect(task.state).toMatch(/^succeeded/);
    expect([...names]).toEqual(['.well-known']);
    expect(secrets).toEqual([]);
  });

  const common = { by: 'web-root', name: 'x', challengeUrl: 'x' };
  test.each([
    ['a file of any name', { ...common, path: '/shell.php', body: '<?php' }],
    ['a file of the site', { ...common, path: '/index.html', body: 'defaced' }],
    ['another proof', { ...common, name: 'shop.example', keyAuthorization: `t.${'A'.repeat(43)}` }],
  ])('with %s ends the task, and nothing of it is put up or removed', async (_what, proof) => {
    const { task, names } = await attacked((handle) =>
      handle.provisions.some(({ challengeUrl }) => challengeUrl === 'x')
        ? handle
        : { ...handle, provisions: [...handle.provisions, proof] },
    );
    expect([task.state, task.failure?.code]).toEqual(['failed', 'approval.other-order']);
    expect(task.failure?.sentence).toMatch(
      /^The stored progress of order \d+ is not what Trustkeep stored\.$/,
    );
    expect([...names].filter((name) => name !== '.well-known')).toEqual([]);
    expect(readFileSync(join(root, 'index.html'), 'utf8')).toBe('the site');
  });

  test('that leads to the order or certificate of someone else ends the task', async () => {
    const { task } = await attacked((handle) => ({
      ...handle,
      certificateUrl: 'https://127.0.0.1:1/evil',
    }));
    expect([task.state, task.failure?.code]).toEqual(['failed', 'approval.other-order']);
  });
});
