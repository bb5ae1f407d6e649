import { expect, it } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { AgentParts } from '../../../electron/agent/parts.ts';
import { openTools } from '../../../electron/agent/tasks/open-tools.ts';
import type { Task } from '../../../shared/model/task.ts';

const task = {
  id: 'task_1',
  finishedAt: null,
  subject: { kind: 'endpoint', id: 'ep_1', name: 'web1', within: null },
} as unknown as Task;

/** One endpoint over SSH that can be opened; counts how often it is. */
function world() {
  const world = { opened: 0 };
  const connection = { type: 'ssh', host: 'web1.example', port: 22, user: 'deploy', auth: 'private-key' };
  const close = async () => {};
  const parts = {
    database: {
      endpoints: { get: () => ({ id: 'ep_1', connection }) },
      leftovers: { hurry: () => {} },
      secrets: { open: () => null },
    },
    log: silentLog,
    settings: () => ({ proof_seconds: 15 }),
    clock: { now: () => 0 },
    openEndpoint: async () => {
      world.opened += 1;
      const description = 'ssh deploy@web1.example:22';
      return { connection: { description, credentialUsed: 'its private key', close }, endpoint: { close } };
    },
  };
  return { world, ...openTools(parts as unknown as AgentParts, task, new AbortController().signal) };
}

it('says a login once, where the endpoint was opened, and again when it was opened again', async () => {
  const { world: counted, tools } = world();
  await tools.openConnection();
  expect(tools.takeLogIn()).toBe('Logged in: ssh deploy@web1.example:22, its private key.');
  await tools.openConnection();
  expect(tools.takeLogIn()).toBeNull();
  await tools.dropConnection();
  await tools.openConnection();
  expect(tools.takeLogIn()).toContain('Logged in');
  expect(counted.opened).toBe(2);
});
