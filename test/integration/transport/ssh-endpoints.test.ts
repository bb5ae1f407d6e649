import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { failureFrom } from '#test/make/commands.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';

/** What the commands promise about logins and host keys, held against a real OpenSSH server. */
describe.runIf(canRunSshd())('an endpoint over SSH (needs sshd and root)', () => {
  const password = 'correct horse zqmarkqz';
  let sshd: Sshd;
  let agent: TestAgent;
  let directory: ReturnType<typeof tempDirectory>;

  beforeEach(async () => {
    directory = tempDirectory('ssh-endpoints');
    sshd = await startSshd({ user: { password }, allow: { publickey: true, password: true } });
    agent = await startAgent({ dataDirectory: directory.path });
    writeFileSync(join(directory.path, 'site.pem'), '');
  });
  afterEach(async () => {
    await agent.close();
    await sshd.stop();
    directory.remove();
  });

  const base = () => ({
    type: 'pem' as const,
    name: 'site',
    path: join(directory.path, 'site.pem'),
    connection_type: 'ssh',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
  });

  test('is added with a password, its host key pinned and its login sealed', async () => {
    const { endpoint } = await agent.call.endpoints.add({ ...base(), password });
    expect(endpoint.connection).toMatchObject({ auth: 'password', hostKey: sshd.hostKeyFingerprint });
    expect(agent.database.secrets.open(endpoint.id, 'password')?.text()).toBe(password);
    const report = await agent.call.endpoints.probe({ endpoint: 'site' });
    expect(report.checks.find(({ name }) => name === 'connect')?.ok).not.toBe(false);
  });

  test('is refused with a wrong password, and nothing is kept', async () => {
    const failure = await failureFrom(agent.call.endpoints.add({ ...base(), password: 'wrong zqmarkqz' }));
    expect(failure.code).toMatch(/^ssh\./);
    expect(failure.message).not.toContain('wrong zqmarkqz');
    expect(agent.database.endpoints.list()).toEqual([]);
    expect(agent.database.audit.list(undefined, 10)).toMatchObject([
      { action: 'endpoints.add', outcome: 'refused' },
    ]);
  });

  test('is refused when the host key is not the expected one', async () => {
    const host_key = `SHA256:${'A'.repeat(43)}`;
    const failure = await failureFrom(agent.call.endpoints.add({ ...base(), password, host_key }));
    expect(failure.code).toBe('ssh.host-key-changed');
    expect(agent.database.endpoints.list()).toEqual([]);
  });

  test('moves from a password to a key', async () => {
    const { endpoint } = await agent.call.endpoints.add({ ...base(), password });
    const changes = { ssh_key_path: sshd.privateKeyPath };
    const updated = await agent.call.endpoints.update({ endpoint: 'site', changes });
    expect(updated.endpoint.connection).toMatchObject({ auth: 'private-key' });
    expect(agent.database.secrets.list(endpoint.id)).toEqual(['private-key']);
  });

  test('whose host was rebuilt is trusted again only when told to', async () => {
    await agent.call.endpoints.add({ ...base(), password });
    const before = sshd.hostKeyFingerprint;
    await sshd.rotateHostKey();
    const changes = { auto_approve: true };
    const failure = await failureFrom(agent.call.endpoints.update({ endpoint: 'site', changes }));
    expect(failure.code).toBe('ssh.host-key-changed');
    expect(agent.database.endpoints.find('site')?.connection).toMatchObject({ hostKey: before });
    await agent.call.endpoints.update({ endpoint: 'site', changes: { host_key: 'accept' } });
    const { connection } = await agent.call.endpoints.show({ endpoint: 'site' });
    expect(connection).toMatchObject({ hostKey: sshd.hostKeyFingerprint });
    expect(sshd.hostKeyFingerprint).not.toBe(before);
  });
});
