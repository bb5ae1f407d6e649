import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import type { HostConnection, NewContent } from '../../../electron/providers/connections/connection.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

describe.skipIf(!have('nginx') || !canRunSshd())('a certificate for an nginx over SSH', () => {
  let sshd: Sshd;
  afterEach(() => sshd.stop()); // the last to go
  prepareSite();
  beforeEach(async () => {
    sshd = await startSshd();
  });
  const login = () => ({
    connection_type: 'ssh',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    ssh_key_path: sshd.privateKeyPath,
  });

  test('is planned, approved, installed and proved, and the private key never leaves the target', async () => {
    const travelled: string[] = [];
    await start({ connection: (real) => recording(real, travelled) });
    const { nodeId } = await addSite(agent, site, login());
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const plan = await approve(agent, taskId);
    expect(plan.keyPlace.where).toBe('endpoint');
    const task = await agent.until(taskId);
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    expect(await site.served()).not.toBe(site.oldFingerprint);
    expect(travelled.filter((text) => /PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}/.test(text))).toEqual([]);
  });

  test('a key made in the agent arrives with owner and mode of the old one', async () => {
    await start();
    const { nodeId } = await addSite(agent, site, login());
    const { taskId } = await agent.call.certificates.request({ node: nodeId, key_place: 'agent' });
    const plan = await approve(agent, taskId);
    expect((await agent.until(taskId)).state).toBe('succeeded');
    const key = changesOf(plan.install.changes, 'file').find((file) => file.holds === 'private-key');
    expect(site.state()[key?.path ?? ''] ?? '').toMatch(/ 0:0 100600$/);
  });

  test('the connection lost in the middle of a write, again and again, ends restored and proved', async () => {
    let cut = true;
    await start({
      connection: (real) =>
        replacing(real, {
          writeAll: async (files) => {
            const going = real.writeAll(files);
            if (cut) await sshd.dropConnections();
            await going;
          },
        }),
    });
    const { nodeId } = await addSite(agent, site, login());
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    cut = false;
    if (task.state === 'succeeded') throw new Error('the cut came too late to test anything');
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(task.failure?.code).toBe('connection.lost');
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
  });

  test('a host key that changed is refused, nothing is sent, and accepting it by name mends it', async () => {
    await start();
    const { nodeId } = await addSite(agent, site, login());
    const before = site.state();
    await sshd.rotateHostKey();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', failure: { code: 'ssh.host-key-changed' } });
    expect(task.failure?.hint).toContain('host_key');
    expect(site.state()).toEqual(before);
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { host_key: 'accept' } });
    expect((await agent.call.endpoints.probe({ endpoint: 'web1' })).ok).toBe(true);
  });

  test('wrong login, closed port and unknown host are each one sentence, and nothing is stored', async () => {
    await start();
    const base = { type: 'nginx' as const, name: 'web9', nginx_config_path: site.nginx.configPath };
    await expect(agent.call.endpoints.add({ ...base, ...login(), user: 'nobody-here' })).rejects.toThrow(
      /nobody-here/,
    );
    await expect(agent.call.endpoints.add({ ...base, ...login(), port: 1 })).rejects.toThrow(/port 1/);
    await expect(
      agent.call.endpoints.add({ ...base, ...login(), ssh_key_path: '/no/such/key' }),
    ).rejects.toThrow(/no\/such\/key/);
    expect(await agent.call.endpoints.list({})).toEqual([]);
  });
});

function replacing(real: HostConnection, changed: Partial<HostConnection>): HostConnection {
  return new Proxy(real, {
    get(target, property) {
      const own = changed[property as keyof HostConnection];
      if (own !== undefined) return own;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Notes everything that is read from or written to the target. */
function recording(real: HostConnection, travelled: string[]): HostConnection {
  return replacing(real, {
    exec: async (request) => {
      const result = await real.exec(request);
      travelled.push(
        request.argv.join(' '),
        result.stdout.toString('latin1'),
        result.stderr.toString('latin1'),
      );
      return result;
    },
    read: async (path) => {
      const content = await real.read(path);
      travelled.push(content.toString('latin1'));
      return content;
    },
    write: async (path, content, options) => {
      travelled.push(...textsOf(content));
      await real.write(path, content, options);
    },
    writeAll: async (files) => {
      travelled.push(...files.flatMap(({ content }) => textsOf(content)));
      await real.writeAll(files);
    },
  });
}

function textsOf(content: NewContent): string[] {
  if ('onHost' in content) return [...textsOf(content.before), ...textsOf(content.after)];
  return [content instanceof Uint8Array ? Buffer.from(content).toString('latin1') : content.text()];
}
