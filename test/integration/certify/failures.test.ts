import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startAgent, tempDirectory } from '#test/make/agent.ts';
import { have } from '#test/servers/available.ts';
import { canMount } from '#test/servers/tiny-disk.ts';
import type { Overrides } from '../../../electron/compose/overrides.ts';
import { Failure } from '../../../shared/failure.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve, startSite } from './site.ts';

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

describe.skipIf(!have('nginx'))('when something goes wrong on a local nginx', () => {
  prepareSite();

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

  test('a connection lost between the renames of key and certificate ends restored and proved', async () => {
    let writes = 0;
    await start({
      connection: (real) =>
        wrap(real, {
          writeAll: async (files) => {
            if (++writes > 3) return real.writeAll(files);
            await real.writeAll(files.filter(({ path }) => !path.endsWith('.crt')));
            throw new Failure('connection.lost', 'The connection to this machine was lost.', {
              retry: 'later',
            });
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
        failure: { code: 'endpoint.drifted' },
      });
      expect(task.failure?.sentence).toContain(named);
      expect(site.state()).toEqual(before);
      expect(await agent.call.orders.list({})).toEqual([]);
    },
  );
});

describe.skipIf(!have('nginx') || !(await canMount()))('when the disk of the target is full', () => {
  test.each(['agent', 'endpoint'] as const)(
    'the task ends before any change and says so, also where the key is made: in the %s',
    async (keyPlace) => {
      const data = tempDirectory('certify-full');
      const small = tempDirectory('certify-small');
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small.path]);
      chmodSync(small.path, 0o755);
      const site = await startSite({ dir: small.path });
      const agent = await startAgent({ dataDirectory: data.path });
      try {
        const { nodeId } = await addSite(agent, site);
        const { taskId } = await agent.call.certificates.request({ node: nodeId, key_place: keyPlace });
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
    },
  );
});
