import { describe, expect, test } from 'vitest';
import type { Plan } from '#shared/model/plan.ts';
import type { StepName } from '#shared/model/task.ts';
import { have } from '#test/servers/available.ts';
import { planFingerprint } from '../../electron/agent/plans/certify.ts';
import { approve } from '../integration/certify/site.ts';
import { agent, ids, prepareApproval, site, when } from './approved-plan.ts';

function editPlan(taskId: string, change: (plan: Plan) => Plan): void {
  const row = agent.database.tasks.get(taskId);
  if (row === null) throw new Error('no task');
  const { plan } = row.memory.outputs.plan as { plan: Plan };
  const outputs = { ...row.memory.outputs, plan: { plan: change(plan) } };
  agent.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
}

const elsewhere = (plan: Plan): Plan => ({
  ...plan,
  install: {
    ...plan.install,
    changes: plan.install.changes.map((change) =>
      change.kind === 'file' ? { ...change, path: `${change.path}.stolen` } : change,
    ),
  },
});

const sealedAnew = (plan: Plan): Plan => ({ ...plan, fingerprint: planFingerprint(plan) });

const attacks: [string, StepName, string, (taskId: string) => void][] = [
  ['the paths in the task', 'approve', 'approval.other-plan', (taskId) => editPlan(taskId, elsewhere)],
  [
    'the paths in the task, with a fingerprint that fits',
    'approve',
    'approval.other-plan',
    (taskId) => editPlan(taskId, (plan) => sealedAnew(elsewhere(plan))),
  ],
  [
    'the paths in task and approval alike, with fingerprints that fit',
    'approve',
    'approval.missing',
    (taskId) => {
      editPlan(taskId, (plan) => sealedAnew(elsewhere(plan)));
      const approval = agent.database.approvals.ofTask(taskId);
      if (approval === null) throw new Error('no approval');
      agent.database.approvals.update({ ...approval, plan: sealedAnew(elsewhere(approval.plan)) });
    },
  ],
  [
    'the filled-in plan just before the install',
    'check-material',
    'approval.other-plan',
    (taskId) => {
      const row = agent.database.tasks.get(taskId);
      if (row === null) throw new Error('no task');
      const { plan } = row.memory.outputs['check-material'] as { plan: Plan };
      const outputs = { ...row.memory.outputs, 'check-material': { plan: elsewhere(plan) } };
      agent.database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
    },
  ],
  [
    'the endpoint into another host',
    'approve',
    'approval.settings-changed',
    () => {
      const endpoint = agent.database.endpoints.get(ids.endpointId);
      if (endpoint === null) throw new Error('no endpoint');
      const connection = {
        type: 'ssh' as const,
        host: '127.0.0.1',
        port: 1,
        user: 'root',
        auth: 'password' as const,
        hostKey: null,
        store: null,
        storeCredentialId: null,
      };
      agent.database.endpoints.update({ ...endpoint, connection });
    },
  ],
  [
    'the program that is run on the endpoint',
    'snapshot',
    'approval.settings-changed',
    () => {
      const endpoint = agent.database.endpoints.get(ids.endpointId);
      if (endpoint?.settings.type !== 'nginx') throw new Error('no endpoint');
      const settings = { ...endpoint.settings, nginxPath: '/tmp/evil' };
      agent.database.endpoints.update({ ...endpoint, settings });
    },
  ],
  [
    'the authority',
    'make-key',
    'approval.settings-changed',
    () => {
      const authority = agent.database.authorities.default();
      if (authority?.settings.kind !== 'local') throw new Error('no authority');
      agent.database.authorities.update({
        ...authority,
        settings: { ...authority.settings, leafDays: 800 },
      });
    },
  ],
  [
    'the names of the order',
    'place-order',
    'approval.other-order',
    (taskId) => {
      const order = agent.database.orders.ofTask(taskId);
      if (order === null) throw new Error('no order');
      agent.database.orders.update({ ...order, names: ['bank.example'] });
    },
  ],
];

/** Without owner and mode, and without what a task keeps beside the files while it lives. */
function contents(state: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([path]) => !path.includes('/.trustkeep-'))
      .map(([path, value]) => [path, value.split(' ')[0] ?? '']),
  );
}

describe.skipIf(!have('nginx'))('between the yes and the install', () => {
  prepareApproval();

  test.each(attacks)('changing %s (after step %s) is refused with %s', async (_what, step, code, attack) => {
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, step, 'done', () => attack(taskId));
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', failure: { code } });
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(contents(site.state())).toEqual(contents(before));
  });

  test('changing the settings of the endpoint through its own command is refused too', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { nginx_path: '/usr/sbin/nginx' } });
    await approve(agent, taskId);
    expect(await agent.until(taskId)).toMatchObject({
      state: 'failed',
      failure: {
        code: 'approval.settings-changed',
        sentence: 'The plan was approved for other settings: the settings of web1 changed since then.',
      },
    });
  });

  test('changing the authority through its own command is refused too', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.authorities.update({ authority: 'trustkeep-local', changes: { leaf_days: 7 } });
    await approve(agent, taskId);
    expect(await agent.until(taskId)).toMatchObject({
      state: 'failed',
      failure: { code: 'approval.settings-changed' },
    });
    expect(await agent.call.orders.list({})).toEqual([]);
  });

  test('a new policy, which changes nothing of the plan, leaves the yes as it is', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { auto_renew: false } });
    await approve(agent, taskId);
    expect((await agent.until(taskId)).state).toBe('succeeded');
  });
});
