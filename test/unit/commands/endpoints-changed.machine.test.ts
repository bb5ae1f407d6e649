import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { failureFrom } from '#test/make/commands.ts';
import { made, nginx, prepareEndpointCommands, seenKey, ssh } from './endpoint-commands.ts';

prepareEndpointCommands();

describe('changing an endpoint', () => {
  test('keeps what is not named', async () => {
    made.script.hostKey = seenKey;
    await made.call.endpoints.add({ ...ssh, password: 'first', auto_approve: true });
    const { endpoint } = await made.call.endpoints.update({ endpoint: 'web1', changes: { port: 2222 } });
    expect(endpoint.connection).toMatchObject({ port: 2222, user: 'deploy', hostKey: seenKey });
    expect(endpoint.policy.autoApprove).toBe(true);
    expect(made.script.probed.at(-1)?.login.password?.text()).toBe('first');
    expect(made.database.secrets.open(endpoint.id, 'password')?.text()).toBe('first');
  });

  test('can be done with one of a type that is never restarted', async () => {
    const bigip = {
      type: 'f5' as const,
      name: 'bigip1',
      host: 'bigip1.example',
      user: 'admin',
      password: 'x',
    };
    await made.call.endpoints.add(bigip);
    const { endpoint } = await made.call.endpoints.update({
      endpoint: 'bigip1',
      changes: { prove_by: 'object' },
    });
    expect(endpoint.settings).toMatchObject({ proveBy: 'object' });
    expect(endpoint.policy).not.toHaveProperty('restarts');
  });

  test('clears what is null', async () => {
    await made.call.endpoints.add({ ...nginx, nginx_config_path: '/a', key_type: 'rsa-2048' });
    const { endpoint } = await made.call.endpoints.update({
      endpoint: 'web1',
      changes: { nginx_config_path: null, key_type: null },
    });
    expect(endpoint.settings).toMatchObject({ nginxConfigPath: null });
    expect(endpoint.policy.keyType).toBeNull();
  });

  test('pins the host key anew when told to accept it, and when the host is another one', async () => {
    made.script.hostKey = seenKey;
    await made.call.endpoints.add({ ...ssh, password: 'x' });
    const other = `SHA256:${'B'.repeat(43)}`;
    made.script.hostKey = other;
    const kept = await made.call.endpoints.update({ endpoint: 'web1', changes: { user: 'root' } });
    expect(kept.endpoint.connection).toMatchObject({ hostKey: seenKey });
    const accepted = await made.call.endpoints.update({ endpoint: 'web1', changes: { host_key: 'accept' } });
    expect(accepted.endpoint.connection).toMatchObject({ hostKey: other });
    made.script.hostKey = seenKey;
    const moved = await made.call.endpoints.update({ endpoint: 'web1', changes: { host: 'web2.example' } });
    expect(moved.endpoint.connection).toMatchObject({ hostKey: seenKey });
  });

  test('replaces a password by a key and forgets the password', async () => {
    const { endpoint } = await made.call.endpoints.add({ ...ssh, password: 'x' });
    const path = join(made.directory, 'id');
    writeFileSync(path, 'key');
    await made.call.endpoints.update({ endpoint: endpoint.id, changes: { ssh_key_path: path } });
    expect(made.database.secrets.list(endpoint.id)).toEqual(['private-key']);
  });

  test('forgets the whole login when the endpoint becomes a local one', async () => {
    const { endpoint } = await made.call.endpoints.add({ ...ssh, password: 'x' });
    const changed = await made.call.endpoints.update({
      endpoint: 'web1',
      changes: { connection_type: 'local' },
    });
    expect(changed.endpoint.connection).toEqual({ type: 'local' });
    expect(made.database.secrets.list(endpoint.id)).toEqual([]);
  });

  test('changes nothing when the endpoint cannot be reached any more', async () => {
    await made.call.endpoints.add({ ...ssh, password: 'x' });
    const before = made.database.endpoints.find('web1');
    made.script.refuse = new Failure('ssh.host-key-changed', 'The host key of web1 is another one.');
    await failureFrom(made.call.endpoints.update({ endpoint: 'web1', changes: { port: 2222 } }));
    expect(made.database.endpoints.find('web1')).toEqual(before);
  });

  test.each([
    ['clearing the name', { name: null }, /Name cannot be cleared/],
    ['an option of another type', { path: '/x' }, /no option "path" for nginx/],
    ['a value that does not fit', { port: 'many', connection_type: 'ssh' }, /Port must be a whole number/],
  ])('refuses %s', async (_what, changes, sentence) => {
    await made.call.endpoints.add(nginx);
    const failure = await failureFrom(made.call.endpoints.update({ endpoint: 'web1', changes }));
    expect(failure.code).toBe('input.invalid');
    expect(failure.message).toMatch(sentence);
  });
});

describe('removing an endpoint', () => {
  test('is refused while a task of it is live', async () => {
    const { taskId } = await made.call.endpoints.add(nginx);
    const failure = await failureFrom(made.call.endpoints.remove({ endpoint: 'web1' }));
    expect(failure.code).toBe('endpoint.busy');
    expect(failure.message).toContain(taskId);
  });

  test('takes its sealed login with it', async () => {
    const { endpoint, taskId } = await made.call.endpoints.add({ ...ssh, password: 'x' });
    const row = made.database.tasks.get(taskId ?? '');
    if (row !== null) made.database.tasks.update({ ...row, task: { ...row.task, state: 'succeeded' } });
    await made.call.endpoints.remove({ endpoint: 'web1' });
    expect(made.database.endpoints.list()).toEqual([]);
    expect(made.database.secrets.list(endpoint.id)).toEqual([]);
    expect(made.audit().at(-1)).toMatchObject({ action: 'endpoints.remove', outcome: 'ok' });
  });

  test('of one that does not exist says how to find those that do', async () => {
    const failure = await failureFrom(made.call.endpoints.remove({ endpoint: 'nope' }));
    expect(failure).toMatchObject({
      code: 'endpoint.not-found',
      hint: 'List them: trustkeep tls list',
    });
  });
});
