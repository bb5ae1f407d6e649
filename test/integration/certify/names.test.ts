import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { have } from '#test/servers/available.ts';
import { addSite, type Site, startSite } from './site.ts';

/** What a server block answers for, and what its certificate covered until now. */
const had = ['a.test', 'b.test', 'www.a.test', 'x.b.test', 'elsewhere.test'];

describe.skipIf(!have('nginx'))('the names of the next certificate', () => {
  let data: ReturnType<typeof tempDirectory>;
  let site: Site;
  let agent: TestAgent;
  let nodeId: string;

  beforeEach(async () => {
    data = tempDirectory('names');
    site = await startSite({ names: ['a.test', '"~^(www|api)\\.a\\.test$"', '.b.test'], had });
    agent = await startAgent({ dataDirectory: data.path });
    nodeId = (await addSite(agent, site, { auto_approve: true })).nodeId;
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });

  test('are those of the server block and those it answers for by a pattern; the rest is said to be lost', async () => {
    const plan = await agent.call.certificates.preview({ node: nodeId });
    expect(plan.names).toEqual(['a.test', 'b.test', 'www.a.test', 'x.b.test']);
    expect(plan.loses).toEqual(['elsewhere.test']);
  });

  test('are as asked for, and a person approves what they take away', async () => {
    const { taskId } = await agent.call.certificates.request({ node: nodeId, names: ['a.test', '*.b.test'] });
    const task = await agent.until(taskId, ['waiting']);
    const [approval] = await agent.call.approvals.list({ states: ['pending'] });
    expect(approval?.taskId).toBe(task.id);
    expect(approval?.plan.loses).toEqual(['b.test', 'www.a.test', 'elsewhere.test']);
  });

  test('that cover all there was need no person where plans are approved automatically', async () => {
    const { taskId } = await agent.call.certificates.request({ node: nodeId, names: had });
    const task = await agent.until(taskId);
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
  });
});
