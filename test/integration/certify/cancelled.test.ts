import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

describe.skipIf(!have('nginx'))('a task cancelled while its authority cannot be reached', () => {
  prepareSite();
  beforeEach(() => start());

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
    await stop(); // at once, as a command line without a running agent does
    expect(site.state()).toEqual(before);
    await start();
    expect(await agent.call.orders.list({})).toMatchObject([{ state: 'abandoned' }]);
    await agent.call.authorities.remove({ authority: 'away' });
  });
});
