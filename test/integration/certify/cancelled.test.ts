import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

describe.skipIf(!have('nginx'))('a task cancelled while its authority cannot be reached', () => {
  prepareSite();
  beforeEach(() => start());

  /** A task that has made its key and waits for an authority that does not answer; `before`: the site without it. */
  async function waitingForAway() {
    const { nodeId, endpointId } = await addSite(agent, site);
    const before = site.all();
    const away = await agent.call.authorities.add({ kind: 'local', name: 'away' });
    agent.authorities.get(away.id).submit = async () => {
      throw new Failure('authority.no-certificate', 'Nobody answers.', { retry: 'later' });
    };
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'away' });
    await approve(agent, taskId);
    await expect
      .poll(() => agent.database.tasks.get(taskId)?.task.waitingFor, { timeout: 60_000 })
      .toBe('back-off');
    return { before, taskId, endpointId };
  }

  test('leaves no key on the target, no living order, and its authority free to be removed', async () => {
    const { before, taskId } = await waitingForAway();
    expect(site.all()).not.toEqual(before);
    await agent.call.tasks.cancel({ task: taskId });
    await stop(); // at once, as a command line without a running agent does
    expect(site.all()).toEqual(before);
    await start();
    expect(await agent.call.orders.list({})).toMatchObject([{ state: 'abandoned' }]);
    await agent.call.authorities.remove({ authority: 'away' });
  });

  test('whose files were away has its key removed when they are back, which is told until then', async () => {
    const { before, taskId } = await waitingForAway();
    const files = join(site.nginx.dir, 'tls');
    renameSync(files, `${files}.unmounted`);
    await agent.call.tasks.cancel({ task: taskId });
    const toCleanUp = async () => (await agent.call.endpoints.show({ endpoint: 'web1' })).toCleanUp;
    await expect.poll(toCleanUp).toContain(`The directory ${files} is not there on this machine.`);
    await stop();
    renameSync(`${files}.unmounted`, files);
    expect(site.all()).not.toEqual(before);
    await start();
    await expect.poll(toCleanUp, { timeout: 60_000 }).toBeNull();
    expect(site.all()).toEqual(before);
    const entries = await agent.call.audit.list({ limit: 10 });
    expect(entries.find(({ action }) => action === 'clean-up.done')?.sentence).toBe(
      'What an ended task left of web1/shop.example was removed.',
    );
  });

  test('is cleared up after a probe that reaches the endpoint again, without a restart', async () => {
    const { before, taskId, endpointId } = await waitingForAway();
    const files = join(site.nginx.dir, 'tls');
    renameSync(files, `${files}.unmounted`);
    await agent.call.tasks.cancel({ task: taskId });
    const left = () => agent.database.leftovers.list(endpointId);
    await expect.poll(() => left()[0]?.attempts).toBe(1);
    expect(left()[0]?.nextAt).toBeGreaterThan(Date.now() + 30_000);
    renameSync(`${files}.unmounted`, files);
    await agent.call.endpoints.probe({ endpoint: 'web1' });
    agent.agent.wake();
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
    expect(site.all()).toEqual(before);
  });
});
