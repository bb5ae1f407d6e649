import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { canMount } from '#test/servers/tiny-disk.ts';
import type { Overrides } from '../../../electron/compose.ts';
import { Failure } from '../../../shared/failure.ts';
import { addSite, approve, type Site, startSite } from './site.ts';

describe.skipIf(!have('nginx'))('when something goes wrong on a local nginx', () => {
  let data: ReturnType<typeof tempDirectory>;
  let site: Site;
  let agent: TestAgent;

  beforeEach(async () => {
    data = tempDirectory('certify-failures');
    site = await startSite();
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });
  const start = async (overrides: Overrides = {}) => {
    agent = await startAgent({ dataDirectory: data.path, overrides });
  };

  async function expectRestored(taskId: string, before: Record<string, string>, code: string) {
    const task = await agent.until(taskId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(task.failure?.code).toBe(code);
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
    expect((await agent.call.notifications.list({})).some((one) => one.kind === 'restored')).toBe(true);
    return task;
  }

  /** The reload alone fails: `nginx -s reload` finds no master, while -t before it passes. */
  const refusingReload: Overrides = {
    connection: (real) =>
      wrap(real, {
        exec: async (request) => {
          const reload = request.argv.includes('reload') || request.argv.join(' ').includes('HUP');
          if (!reload) return real.exec(request);
          const stderr = Buffer.from('nginx: [error] invalid PID number');
          return { code: 1, stdout: Buffer.from(''), stderr, timedOut: false };
        },
      }),
  };

  test('a reload that the server refuses ends restored and proved', async () => {
    await start(refusingReload);
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    const task = await expectRestored(taskId, before, 'endpoint.restart-failed');
    expect(task.steps.find((step) => step.name === 'restart')?.state).toBe('failed');
  });

  test('a server that goes on serving the old certificate ends restored and proved', async () => {
    await start({
      connection: (real) =>
        wrap(real, {
          exec: async (request) =>
            request.argv.includes('reload')
              ? { code: 0, stdout: Buffer.from(''), stderr: Buffer.from(''), timedOut: false }
              : real.exec(request),
        }),
    });
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    const task = await expectRestored(taskId, before, 'install.not-served');
    expect(task.failure?.sentence).toContain(`127.0.0.1 port ${site.port}`);
  });

  test('a connection lost while writing ends restored and proved', async () => {
    let writes = 0;
    await start({
      connection: (real) =>
        wrap(real, {
          write: async (path, content, options) => {
            if (path.endsWith('.crt') && ++writes <= 3)
              throw new Failure('connection.lost', 'The connection to this machine was lost.', {
                retry: 'later',
              });
            await real.write(path, content, options);
          },
        }),
    });
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    await expectRestored(taskId, before, 'connection.lost');
  });

  test('owner and mode come back too', async () => {
    chownSync(join(site.nginx.dir, 'tls/shop.key'), 65534, 65534);
    chmodSync(join(site.nginx.dir, 'tls/shop.key'), 0o640);
    await start(refusingReload);
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    await expectRestored(taskId, before, 'endpoint.restart-failed');
  });

  test.each([
    ['the certificate file', (dir: string) => appendFileSync(join(dir, 'tls/shop.crt'), '\n'), 'shop.crt'],
    ['the mode of the key', (dir: string) => chmodSync(join(dir, 'tls/shop.key'), 0o644), 'shop.key'],
    [
      'the configuration',
      (dir: string) => appendFileSync(join(dir, 'nginx.conf'), '# edited\n'),
      'nginx.conf',
    ],
  ])(
    'a target that drifted in %s after the plan is refused before anything is ordered',
    async (_what, change, named) => {
      await start();
      const { nodeId } = await addSite(agent, site);
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      await agent.until(taskId, ['waiting']);
      change(site.nginx.dir);
      const before = site.state();
      await agent.call.approvals.approve({ approval: taskId });
      const task = await agent.until(taskId);
      expect(task).toMatchObject({
        state: 'failed',
        restored: 'not-needed',
        failure: { code: 'target.drifted' },
      });
      expect(task.failure?.sentence).toContain(named);
      expect(site.state()).toEqual(before);
      expect(await agent.call.orders.list({})).toEqual([]);
    },
  );

  test('a certificate for another key is never installed', async () => {
    const wrong = makeLeaf(makeCa({ commonName: 'Confused CA' }), { names: ['shop.example'] });
    await start();
    const local = (await agent.call.authorities.list({}))[0];
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    const before = site.state();
    const real = agent.authorities.get(local?.id ?? '');
    real.collect = async () => wrong.chainPem;
    await agent.call.approvals.approve({ approval: taskId });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({
      state: 'failed',
      restored: 'not-needed',
      failure: { code: 'material.unfit' },
    });
    expect(site.state()).toEqual(before);
  });

  test('an authority that refuses ends the task with its words, and nothing was changed', async () => {
    await start();
    await agent.call.authorities.add({ kind: 'local', name: 'narrow', permitted_names: ['internal.test'] });
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId, authority: 'narrow' });
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed' });
    expect(task.failure?.sentence).toContain('shop.example');
    expect(site.state()).toEqual(before);
    expect((await agent.call.orders.list({}))[0]?.state).toBe('refused');
  });

  test('an nginx that does not parse is said in its own words, and nothing is stored for it', async () => {
    await start();
    writeFileSync(site.nginx.configPath, `${readFileSync(site.nginx.configPath, 'utf8')}\nnonsense on;\n`);
    const { endpoint, probe, taskId } = await agent.call.endpoints.add({
      type: 'nginx',
      name: 'broken',
      nginx_config_path: site.nginx.configPath,
    });
    expect(probe.ok).toBe(false);
    expect(probe.checks.find((check) => !check.ok)?.sentence).toContain('nonsense');
    const task = taskId === null ? null : await agent.until(taskId);
    expect(task?.failure?.code).toBe('endpoint.configuration-invalid');
    expect(await agent.call.nodes.list({ endpoint: endpoint.id })).toEqual([]);
  });

  test('a second request for the same node while one is live is refused', async () => {
    await start();
    const { nodeId } = await addSite(agent, site);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await expect(agent.call.certificates.request({ node: nodeId })).rejects.toThrow(taskId);
  });

  test('a task that waits for approval can be cancelled and leaves the target as it was', async () => {
    await start();
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    expect((await agent.call.tasks.cancel({ task: taskId })).state).toBe('cancelled');
    expect(await agent.call.approvals.list({ states: ['pending'] })).toEqual([]);
    expect(site.state()).toEqual(before);
  });
});

describe.skipIf(!have('nginx') || !(await canMount()))('when the disk of the target is full', () => {
  test('the task ends before any change, with the place in its sentence', async () => {
    const data = tempDirectory('certify-full');
    const small = tempDirectory('certify-small');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small.path]);
    chmodSync(small.path, 0o755);
    const site = await startSite({ dir: small.path });
    const agent = await startAgent({ dataDirectory: data.path });
    try {
      const { nodeId } = await addSite(agent, site);
      const { taskId } = await agent.call.certificates.request({ node: nodeId, key_place: 'agent' });
      await agent.until(taskId, ['waiting']);
      mkdirSync(join(small.path, 'fill'));
      fill(join(small.path, 'fill/it'));
      const before = site.state();
      await agent.call.approvals.approve({ approval: taskId });
      const task = await agent.until(taskId);
      expect(task).toMatchObject({ state: 'failed', failure: { code: 'file.disk-full' } });
      expect(['not-needed', 'proved']).toContain(task.restored);
      expect(site.state()).toEqual(before);
      expect(await site.served()).toBe(site.oldFingerprint);
    } finally {
      await agent.close();
      await site.nginx.stop();
      execFileSync('umount', ['--lazy', small.path]);
      small.remove();
      data.remove();
    }
  });
});

function fill(path: string): void {
  for (const size of [4096, 512, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size));
    } catch {
      // full for this size
    }
  }
}

/** The same connection with some methods replaced. */
function wrap<T extends object>(real: T, changed: Partial<T>): T {
  return new Proxy(real, {
    get(target, property) {
      const own = changed[property as keyof T];
      if (own !== undefined) return own;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
