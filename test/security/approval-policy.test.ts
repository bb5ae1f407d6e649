/**
 * The attack: a plan waits for a person; who can write to the database takes the approval away and switches automatic
 * approval on, so that the same plan is asked about again and the policy answers.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { policySeal } from '../../electron/agent/steps/seal-policy.ts';
import { openDriver } from '../../electron/database/open.ts';

let data: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let node: string;

beforeEach(async () => {
  data = tempDirectory('approval-policy');
  agent = await startAgent({ dataDirectory: data.path });
  const leaf = makeLeaf(makeCa(), { names: ['shop.example'] });
  const path = join(data.path, 'site.pem');
  writeFileSync(path, leaf.chainPem + leaf.keyPem, { mode: 0o640 });
  const { taskId } = await agent.call.endpoints.add({ type: 'pem', name: 'shop', path });
  await agent.until(taskId ?? '');
  node = (await agent.call.nodes.list({}))[0]?.id ?? '';
});
afterEach(async () => {
  await agent.close();
  data.remove();
});

/** What somebody who can only write to the database does while the agent is stopped. */
async function written(...statements: string[]): Promise<void> {
  await agent.close();
  const driver = openDriver(join(data.path, 'trustkeep.db'));
  for (const statement of statements) driver.run(statement);
  driver.close();
  agent = await startAgent({ dataDirectory: data.path });
}

const takenAway = 'DELETE FROM approvals';
const switchedOn = "UPDATE endpoints SET policy = json_set(policy, '$.autoApprove', json('true'))";
const woken = "UPDATE tasks SET wake_at = 1 WHERE kind = 'certify'";

async function asked(): Promise<string> {
  const { taskId } = await agent.call.certificates.request({ node });
  await agent.until(taskId, ['waiting']);
  return taskId;
}

async function isAskedAgain(taskId: string): Promise<void> {
  await expect.poll(() => agent.database.approvals.ofTask(taskId)?.state).toBe('pending');
  const { task } = agent.database.tasks.get(taskId) ?? {};
  expect(task).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
}

describe('a plan that a person was asked about', () => {
  test('is not approved by a policy that was written into the database since', async () => {
    const taskId = await asked();
    await written(takenAway, switchedOn, woken);
    await isAskedAgain(taskId);
  });

  test('is not with the seal of another task either', async () => {
    await agent.call.endpoints.update({ endpoint: 'shop', changes: { auto_approve: true } });
    const approvedBefore = await agent.call.certificates.request({ node });
    expect((await agent.until(approvedBefore.taskId)).state).toMatch(/^succeeded/);
    await agent.call.endpoints.update({ endpoint: 'shop', changes: { auto_approve: false } });
    const taskId = await asked();
    const { plan } = agent.database.approvals.ofTask(taskId) ?? {};
    if (plan === undefined) throw new Error('nobody was asked');
    policySeal.put(agent.database, taskId, { ...plan, fingerprint: 'f'.repeat(64) });
    await written(takenAway, switchedOn, woken);
    await isAskedAgain(taskId);
  });

  test('is not approved by a policy that a person switches on since: it counts from the next plan on', async () => {
    const taskId = await asked();
    await agent.call.endpoints.update({ endpoint: 'shop', changes: { auto_approve: true } });
    await written(woken);
    await isAskedAgain(taskId);
    await agent.call.approvals.approve({ approval: taskId });
    expect((await agent.until(taskId)).state).toMatch(/^succeeded/);
    const next = await agent.call.certificates.request({ node });
    expect((await agent.until(next.taskId)).state).toMatch(/^succeeded/);
    expect(agent.database.approvals.ofTask(next.taskId)?.decidedBy).toBe('policy');
    expect(agent.database.secrets.open(next.taskId, 'policy')).toBeNull();
  });
});
