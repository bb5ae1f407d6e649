import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { aNotification } from '#test/make/rows.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';

const directory = tempDirectory('questions');
let agent: TestAgent;
beforeAll(async () => {
  agent = await startAgent({ dataDirectory: directory.path });
});
afterAll(async () => {
  await agent?.close();
  directory.remove();
});

const lastAudited = async () => (await agent.call.audit.list({ limit: 1 }))[0];

describe('what the desktop asks of the agent', () => {
  test('a pause from the tray is a call of this account, audited, shown by status, and survives a restart', async () => {
    await agent.questions.pause(false);
    expect(await lastAudited()).toMatchObject({ action: 'agent.pause', origin: 'gui', outcome: 'ok' });
    const until = agent.questions.pausedUntil() ?? 0;
    expect(until).toBeGreaterThan(Date.now() + 59 * 60_000);
    await agent.close();
    agent = await startAgent({ dataDirectory: directory.path });
    expect((await agent.call.agent.status({})).pause?.until).toBe(until);
    await agent.questions.resume();
    expect(await lastAudited()).toMatchObject({ action: 'agent.resume', origin: 'gui' });
    expect(agent.questions.pausedUntil()).toBeNull();
    await expect(agent.call.agent.pause({ minutes: 5, until_tomorrow: true })).rejects.toThrow(
      /cannot be combined/,
    );
  });

  test('a plan is approved as it was shown, by this account; another plan is not', async () => {
    const { database } = agent;
    await agent.questions.pause(true); // so that nothing is made of the approval
    const { task, memory } = aTask({ state: 'waiting', waitingFor: 'approval', origin: 'agent' });
    const approval = anApproval({ taskId: task.id });
    database.tasks.insert({ task, memory });
    database.approvals.insert(approval);
    database.notifications.insert(
      aNotification({
        kind: 'approval-needed',
        level: 'attention',
        taskId: task.id,
        approvalId: approval.id,
      }),
    );
    const plan = agent.questions.waitingPlan(task.id);
    expect(plan).toEqual({ approvalId: approval.id, fingerprint: approval.plan.fingerprint });
    const other = { approvalId: approval.id, fingerprint: 'e'.repeat(64) };
    await expect(agent.questions.approve(other)).rejects.toThrow(/not the one that was read/);
    expect(database.approvals.get(approval.id)?.state).toBe('pending');
    if (plan !== null) await agent.questions.approve(plan);
    expect(await agent.call.approvals.show({ approval: approval.id })).toMatchObject({
      ...{ state: 'approved', decidedOrigin: 'gui' },
    });
    expect(agent.questions.waitingPlan(task.id)).toBeNull();
    expect(await agent.call.notifications.list({ action_required: true })).toEqual([]);
  });

  test('an agent that checks its renewals is not silent, and says when it did', async () => {
    await expect
      .poll(async () => (await agent.call.agent.status({})).renewals.lastCheckAt, { timeout: 60_000 })
      .toBeGreaterThan(Date.now() - 60_000);
    expect(agent.questions.silence()).toBeNull();
    expect(agent.questions.running()).toEqual([]);
  });
});
