import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

/** Installed, and waiting to be served. */
async function installed() {
  await start();
  const { nodeId } = await addSite(agent, site, { restarts: 'separately' });
  const { taskId } = await agent.call.certificates.request({ node: nodeId });
  const plan = await approve(agent, taskId);
  expect(plan.restarts).toBe('separately');
  await expect
    .poll(async () => (await agent.call.tasks.show({ task: taskId })).task.waitingFor, { timeout: 60_000 })
    .toBe('endpoint-restart');
  return { nodeId, taskId };
}

const nodeNow = async (node: string) => (await agent.call.nodes.show({ node })).node;

describe.skipIf(!have('nginx'))('an endpoint that is restarted separately', () => {
  prepareSite();

  test('serves what was installed once a person has it restarted, and proves it then', async () => {
    const { nodeId, taskId } = await installed();
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(await nodeNow(nodeId)).toMatchObject({ restartRequired: true });
    const { level, sentence, tooltip } = await agent.call.agent.overview({});
    expect(level).toBe('attention');
    expect(sentence).toBe('web1/shop.example: restart required');
    expect(tooltip).toContain('restart required');

    // also over a restart of the agent
    await stop();
    await start();
    expect(await agent.call.endpoints.restart({ endpoint: 'web1' })).toEqual({ taskId });
    const task = await agent.until(taskId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'succeeded' });
    expect(await nodeNow(nodeId)).toMatchObject({ restartRequired: false, served: { state: 'same' } });
    expect(await site.served()).not.toBe(site.oldFingerprint);
  });

  test('is restored and proved when it does not serve what was installed', async () => {
    const { taskId } = await installed();
    const before = site.state();
    // what nginx refuses to load, though it is not what was installed
    writeFileSync(join(site.nginx.dir, 'tls/shop.crt'), 'garbage');
    await agent.call.endpoints.restart({ endpoint: 'web1' });
    const task = await agent.until(taskId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(Object.keys(site.state())).toEqual(
      Object.keys(before).filter((path) => !path.includes('.trustkeep-')),
    );
  });
});

describe.skipIf(!have('nginx'))('a restart alone', () => {
  prepareSite();

  test('proves that what was served is served again', async () => {
    await start();
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.endpoints.restart({ endpoint: 'web1' });
    const task = await agent.until(taskId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'succeeded' });
    expect(task.steps.map(({ name }) => name)).toEqual(['restart', 'prove']);
    expect(task.steps[1]?.sentence).toBe('The 1 node that was served before is served again.');
    expect((await nodeNow(nodeId)).served.state).toBe('same');
  });

  test('says what is no longer served', async () => {
    await start();
    await addSite(agent, site);
    await agent.call.settings.set({ proof_seconds: 5 });
    const path = site.nginx.configPath;
    const text = (await import('node:fs')).readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/listen 127\.0\.0\.1:\d+ ssl;/g, 'listen 127.0.0.1:1 ssl;'));
    const { taskId } = await agent.call.endpoints.restart({ endpoint: 'web1' });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', failure: { code: 'restart.not-served' } });
    expect(task.failure?.sentence).toContain('web1 does not serve everything that it served before');
  });
});
