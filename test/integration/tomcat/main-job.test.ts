import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepName } from '#shared/model/task.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { listingButKeptKeys } from '#test/make/endpoints.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { haveTomcat, managerPassword, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { approve } from '../certify/site.ts';
import { connector, files, host, leafAt, leafFor, managed, pem } from './real-tomcat.ts';

const leaves = { a: leafFor('shop.example'), b: leafFor('blog.example') };
const usable = haveTomcat(10) && canRunSshd() && process.getuid?.() === 0;

describe.skipIf(!usable)('a certificate for a Tomcat', () => {
  let server: RunningTomcat;
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ user: { sudo: 'nopasswd' } });
    server = await startTomcat({
      roles: 'manager-script',
      files: files(leaves),
      connectors: connector(
        '{port2}',
        [host('_default_', pem('b')), host('shop.example', pem('a'))].join('\n'),
      ),
    });
  });
  afterAll(async () => {
    await server?.stop();
    await sshd?.stop();
  });

  let agent: TestAgent;
  let data: ReturnType<typeof tempDirectory>;
  beforeEach(async () => {
    data = tempDirectory('tomcat');
    agent = await startAgent({ dataDirectory: data.path });
  });
  afterEach(async () => {
    await agent.close();
    data.remove();
  });

  const login = {
    'this machine': () => ({}),
    'SSH with sudo': () => ({
      ...{ connection_type: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user },
      ssh_key_path: sshd.privateKeyPath,
    }),
  };
  const port = () => server.ports[1] ?? 0;

  /** Adds it, with what its manager needs or without, and gives the task of a request for the node of that name. */
  async function request(way: keyof typeof login, withManager: boolean): Promise<string> {
    const { managerUrl = '', managerUser = '' } = managed(server);
    const manager = {
      ...{
        manager_url: managerUrl ?? '',
        manager_user: managerUser ?? '',
        manager_password: managerPassword,
      },
    };
    const added = await agent.call.endpoints.add({
      ...{ type: 'tomcat', name: 'app1', tomcat_dir: server.dir },
      ...login[way](),
      ...(withManager ? manager : {}),
    });
    await agent.until(added.taskId ?? '');
    const nodes = await agent.call.nodes.list({ endpoint: 'app1' });
    const node = nodes.find(({ name }) => name === 'shop.example');
    const { taskId } = await agent.call.certificates.request({ node: node?.id ?? '' });
    return taskId;
  }

  function afterStep(taskId: string, step: StepName, work: () => void): void {
    let done = false;
    agent.agent.events.on((event) => {
      if (done || event.type !== 'changed' || event.topic !== 'tasks' || event.id !== taskId) return;
      const steps = agent.database.tasks.get(taskId)?.task.steps ?? [];
      if (!steps.some(({ name, state }) => name === step && state === 'done')) return;
      done = true;
      work();
    });
  }

  it.each(['this machine', 'SSH with sudo'] as const)(
    'is planned, approved, installed and proved over %s, with the manager, and its neighbour is untouched',
    async (way) => {
      const before = [await leafAt(port(), 'shop.example'), await server.pid()];
      const taskId = await request(way, true);
      const plan = await approve(agent, taskId);
      expect(plan.keyPlace.where).toBe('endpoint');
      const task = await agent.until(taskId);
      expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
      expect(task.steps.find(({ name }) => name === 'prove')?.sentence).toContain(
        '1 other name still served',
      );
      expect(await leafAt(port(), 'shop.example')).not.toBe(before[0]);
      expect(await leafAt(port(), null)).toBe(leaves.b.facts.fingerprint);
      expect(await server.pid()).toBe(before[1]);
      const printed = JSON.stringify([task, plan, await agent.call.endpoints.show({ endpoint: 'app1' })]);
      expect(printed).not.toContain(JSON.stringify(managerPassword).slice(1, -1));
    },
  );

  it.each(['this machine', 'SSH with sudo'] as const)(
    'that is broken before the reload over %s is restored, and that is proved',
    async (way) => {
      const [shown, before] = [await leafAt(port(), 'shop.example'), await listingButKeptKeys(server.dir)];
      const taskId = await request(way, way === 'SSH with sudo');
      const path = join(server.dir, 'conf/a.key');
      afterStep(taskId, 'install', () => writeFileSync(path, readFileSync(join(server.dir, 'conf/b.key'))));
      await approve(agent, taskId);
      const task = await agent.until(taskId, undefined, 100_000);
      expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({
        state: 'failed',
        restored: 'proved',
      });
      expect(await listingButKeptKeys(server.dir)).toEqual(before);
      expect(await leafAt(port(), 'shop.example')).toBe(shown);
      expect(await leafAt(port(), null)).toBe(leaves.b.facts.fingerprint);
    },
  );
});
