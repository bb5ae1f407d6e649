import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { announced } from '#shared/catalog/connections/announced.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import { failureFrom, unguessable } from '#test/make/commands.ts';
import { made, nginx, prepareEndpointCommands, seenKey, ssh, startLocked } from './endpoint-commands.ts';

prepareEndpointCommands();

describe('adding an endpoint', () => {
  test('gives an instance id, keeps the report and starts the discovery', async () => {
    const { endpoint, probe, taskId } = await made.call.endpoints.add({
      ...nginx,
      nginx_config_path: '/etc/nginx/nginx.conf',
    });
    expect(endpoint.id).toMatch(/^ep_[0-9a-z]{16}$/);
    expect(probe.version).toBe('nginx 1.22');
    expect(endpoint.settings).toEqual({
      type: 'nginx',
      nginxConfigPath: '/etc/nginx/nginx.conf',
      nginxPath: null,
    });
    expect(endpoint.policy).toEqual({
      autoApprove: false,
      autoRenew: true,
      authorityId: null,
      keyType: null,
    });
    expect(made.database.endpoints.get(endpoint.id)?.probe).toEqual(probe);
    expect(made.database.tasks.get(taskId ?? '')?.task.kind).toBe('discover');
  });

  test('writes exactly one audit row, with origin and actor', async () => {
    const { endpoint } = await made.call.endpoints.add(nginx);
    expect(made.audit()).toMatchObject([
      {
        origin: 'cli',
        actor: 'tester',
        action: 'endpoints.add',
        subject: endpoint.id,
        outcome: 'ok',
        sentence: 'The nginx endpoint "web1" was added.',
      },
    ]);
  });

  test('pins the host key that was seen and seals the password under the instance id', async () => {
    const password = unguessable();
    made.script.hostKey = seenKey;
    const { endpoint } = await made.call.endpoints.add({ ...ssh, password });
    expect(endpoint.connection).toEqual({
      type: 'ssh',
      host: 'web1.example',
      port: 22,
      user: 'deploy',
      auth: 'password',
      hostKey: seenKey,
      store: null,
      storeCredentialId: null,
    });
    expect(made.database.secrets.list(endpoint.id)).toEqual(['password']);
    expect(made.database.secrets.open(endpoint.id, 'password')?.text()).toBe(password);
    const stored = readFileSync(join(made.directory, 'trustkeep.db'));
    expect(stored.includes(password)).toBe(false);
  });

  test('reads an SSH key once and seals it with its passphrase', async () => {
    const path = join(made.directory, 'id_test');
    writeFileSync(path, 'key material', { mode: 0o600 });
    const { endpoint } = await made.call.endpoints.add({
      ...ssh,
      ssh_key_path: path,
      ssh_key_password: 'open sesame',
    });
    expect((endpoint.connection as SshSettings).auth).toBe('private-key');
    expect(made.database.secrets.list(endpoint.id).sort()).toEqual(['passphrase', 'private-key']);
    expect(made.database.secrets.open(endpoint.id, 'private-key')?.text()).toBe('key material');
    expect(made.script.probed[0]?.login.passphrase?.text()).toBe('open sesame');
  });

  test('stores nothing when the endpoint cannot be reached', async () => {
    made.script.refuse = new Failure('connection.unreachable', 'web1.example did not answer.', {
      retry: 'needs-person',
    });
    const failure = await failureFrom(made.call.endpoints.add({ ...ssh, password: 'x' }));
    expect(failure).toMatchObject({ code: 'connection.unreachable' });
    expect(made.database.endpoints.list()).toEqual([]);
    expect(made.audit()).toMatchObject([{ outcome: 'refused', sentence: 'web1.example did not answer.' }]);
  });

  test('stores nothing when the log-in is refused by the report', async () => {
    made.script.report = {
      ok: false,
      version: null,
      checks: [{ name: 'log-in', ok: false, sentence: 'deploy may not log in.' }],
      at: 1,
    };
    const failure = await failureFrom(made.call.endpoints.add({ ...ssh, password: 'x' }));
    expect(failure).toMatchObject({ code: 'ssh.login-refused', message: 'deploy may not log in.' });
    expect(made.database.endpoints.list()).toEqual([]);
  });

  test('stores an endpoint that answers but is not in order, with its report', async () => {
    made.script.report = {
      ok: false,
      version: null,
      checks: [{ name: 'write', ok: false, sentence: 'deploy may not write.' }],
      at: 1,
    };
    const { endpoint } = await made.call.endpoints.add({ ...ssh, password: 'x' });
    expect(made.database.endpoints.get(endpoint.id)?.probe?.ok).toBe(false);
  });

  test('refuses a name that differs only by capital letters', async () => {
    await made.call.endpoints.add(nginx);
    const failure = await failureFrom(made.call.endpoints.add({ ...nginx, name: 'WEB1' }));
    expect(failure.code).toBe('endpoint.name-taken');
    expect(failure.message).toContain('"web1"');
  });

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ['a name of 33 characters', { name: 'n'.repeat(33) }, 'input.invalid', /Name must be between 1 and 32/],
    ['port 0', { ...ssh, port: 0, password: 'x' }, 'input.invalid', /Port must be between 1 and 65535/],
    ['no name', { name: undefined }, 'input.invalid', /^Name is required\.$/],
    ['an option that does not exist', { colour: 'red' }, 'input.invalid', /no option "colour"/],
    [
      'a connection type of another endpoint type',
      { connection_type: 'rest' },
      'input.invalid',
      /Connection type must be one of: local, ssh/,
    ],
    [
      'a host for a local connection',
      { host: 'web1' },
      'input.invalid',
      /Host is not used with connection type local/,
    ],
    [
      'ssh without a host',
      { connection_type: 'ssh', user: 'u', password: 'x' },
      'input.invalid',
      /Host is required/,
    ],
    [
      'ssh without a user',
      { connection_type: 'ssh', host: 'h', password: 'x' },
      'input.invalid',
      /User is required/,
    ],
    [
      'a URL as host',
      { ...ssh, host: 'https://web1', password: 'x' },
      'input.invalid',
      /^Host must be a name/,
    ],
    ['a host with its port', { ...ssh, host: 'h:22', password: 'x' }, 'input.invalid', /not "h:22"/],
    ['ssh without a login', ssh, 'input.invalid', /A password or an SSH key is required/],
    ['a relative path', { nginx_config_path: 'nginx.conf' }, 'input.invalid', /must be an absolute path/],
    [
      'a credential store',
      { ...ssh, store: 'vault', store_cred_id: '1' },
      'credential-store.not-found',
      /"vault"/,
    ],
    [
      'a missing key file',
      { ...ssh, ssh_key_path: '/nowhere/id' },
      'key-file.unreadable',
      /no private key at \/nowhere\/id/,
    ],
    ['an unknown authority', { authority: 'letsencrypt' }, 'authority.not-found', /"letsencrypt"/],
    ['a broken host key', { ...ssh, password: 'x', host_key: 'MD5:aa' }, 'input.invalid', /Host key/],
  ];
  test.each(wrong)('refuses %s in one sentence, with one audit row', async (_what, input, code, sentence) => {
    const failure = await failureFrom(made.call.endpoints.add({ ...nginx, ...input } as typeof nginx));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
    expect(made.database.endpoints.list()).toEqual([]);
    expect(made.audit()).toMatchObject([{ action: 'endpoints.add', outcome: 'refused' }]);
  });

  test.each(announced.filter(({ kind }) => kind === 'host'))(
    'refuses the connection type $id, which this version cannot do',
    async ({ id }) => {
      const input = {
        type: 'pem' as const,
        name: 'p',
        path: '/x.pem',
        connection_type: id,
        host: 'h',
        user: 'u',
        password: 'x',
      };
      const failure = await failureFrom(made.call.endpoints.add(input));
      expect(failure.message).toBe(
        `The connection type ${id} is not supported by this version; use local or ssh.`,
      );
    },
  );

  test('refuses a key file that is a directory', async () => {
    const path = join(made.directory, 'keys');
    mkdirSync(path);
    const failure = await failureFrom(made.call.endpoints.add({ ...ssh, ssh_key_path: path }));
    expect(failure).toMatchObject({ code: 'key-file.unreadable', message: `${path} is not a file.` });
  });

  test('refuses a key file that is far too big', async () => {
    const path = join(made.directory, 'big');
    writeFileSync(path, Buffer.alloc(64 * 1024 + 1));
    expect((await failureFrom(made.call.endpoints.add({ ...ssh, ssh_key_path: path }))).message).toContain(
      'too large',
    );
  });
});

describe('without a master key', () => {
  test('an endpoint with a login is refused before anybody is asked, a local one is not', async () => {
    await startLocked();
    const failure = await failureFrom(made.call.endpoints.add({ ...ssh, password: 'x' }));
    expect(failure.code).toBe('keychain.locked');
    expect(made.script.probed).toEqual([]);
    await expect(made.call.endpoints.add(nginx)).resolves.toBeDefined();
  });
});
