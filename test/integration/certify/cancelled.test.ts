import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { have } from '#test/servers/available.ts';
import { addSite, approve, type Site, startSite } from './site.ts';

describe.skipIf(!have('nginx'))('a task cancelled while its authority cannot be reached', () => {
  let data: ReturnType<typeof tempDirectory>;
  let site: Site;
  let agent: TestAgent;

  beforeEach(async () => {
    data = tempDirectory('certify-cancelled');
    site = await startSite();
    agent = await startAgent({ dataDirectory: data.path });
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });

  test('leaves no key on the target, no living order, and its authority free to be removed', async () => {
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const away = await agent.call.authorities.add({ kind: 'local', name: 'away' });
    agent.authorities.get(away.id).submit = async () => {
      throw new Failure('authority.no-certificate', 'Nobody answers.', { retry: 'later' });
    };
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'away' });
    await approve(agent, taskId);
    await expect
      .poll(() => agent.database.tasks.get(taskId)?.task.waitingFor, { timeout: 40_000 })
      .toBe('back-off');
    expect(site.state()).not.toEqual(before);
    await agent.call.tasks.cancel({ task: taskId });
    await agent.close(); // at once, as a command line without a running agent does
    expect(site.state()).toEqual(before);
    agent = await startAgent({ dataDirectory: data.path });
    expect(await agent.call.orders.list({})).toMatchObject([{ state: 'abandoned' }]);
    await agent.call.authorities.remove({ authority: 'away' });
  });
});
