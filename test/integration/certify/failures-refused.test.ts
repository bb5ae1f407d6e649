import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

describe.skipIf(!have('nginx'))('when something goes wrong on a local nginx', () => {
  prepareSite();

  test('a certificate for another key is never installed', async () => {
    const wrong = makeLeaf(makeCa({ commonName: 'Confused CA' }), { names: ['shop.example'] });
    await start();
    const local = (await agent.call.authorities.list({}))[0];
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    const before = site.state();
    const real = agent.authorities.get(local?.id ?? '');
    real.collect = async () => wrong.chainPem;
    await agent.call.approvals.approve({ approval: taskId });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({
      state: 'failed',
      restored: 'not-needed',
      failure: { code: 'material.unfit' },
    });
    expect(site.state()).toEqual(before);
  });

  test('an authority that refuses ends the task with its words, and nothing was changed', async () => {
    await start();
    await agent.call.authorities.add({ kind: 'local', name: 'narrow', permitted_names: ['internal.test'] });
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'narrow' });
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(task.failure?.sentence).toContain('shop.example');
    expect(site.state()).toEqual(before);
    expect((await agent.call.orders.list({}))[0]?.state).toBe('refused');
  });

  test('an nginx that does not parse is said in its own words, and nothing is stored for it', async () => {
    await start();
    writeFileSync(site.nginx.configPath, `${readFileSync(site.nginx.configPath, 'utf8')}\nnonsense on;\n`);
    const { endpoint, probe, taskId } = await agent.call.endpoints.add({
      type: 'nginx',
      name: 'broken',
      nginx_config_path: site.nginx.configPath,
    });
    expect(probe.ok).toBe(false);
    expect(probe.checks.find((check) => !check.ok)?.sentence).toContain('nonsense');
    const task = taskId === null ? null : await agent.until(taskId);
    expect(task?.failure?.code).toBe('endpoint.configuration-invalid');
    expect(await agent.call.nodes.list({ endpoint: endpoint.id })).toEqual([]);
  });

  test('a second request for the same node while one is live is refused', async () => {
    await start();
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await expect(agent.call.certificates.request({ node: nodeId })).rejects.toThrow(taskId);
  });

  test('a task that waits for approval can be cancelled and leaves the target as it was', async () => {
    await start();
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    expect((await agent.call.tasks.cancel({ task: taskId })).state).toBe('cancelled');
    expect(await agent.call.approvals.list({ states: ['pending'] })).toEqual([]);
    expect(site.state()).toEqual(before);
  });
});
