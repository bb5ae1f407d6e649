import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { endpointTypes } from '#shared/model/endpoint.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';

/** The documented command lines of the field, as they stand, with what is in <…> filled in. */
const filled: Record<string, string> = {
  '<server_name>': 'web1',
  '<name>': 'web1',
  '<connection_type>': 'ssh',
  '<connection-type>': 'ssh',
  '<server_host>': 'web1.example',
  '<port>': '22',
  '<user>': 'deploy',
  '<password>': 'hunter2',
  '<ssh-key-path>': '/home/deploy/.ssh/id_ed25519',
  '<ssh_key_password>': 'open',
  '<ssh-key-password>': 'open',
  '<credential-store-name>': 'vault',
  '<credential-store-id>': '42',
  '<nginx-config-file-path>': '/etc/nginx/nginx.conf',
  '<file-path>': '/etc/ssl/site.pem',
  '<custom-install-script-path>': '/opt/install.sh',
  '<custom-restart-script-path>': '/opt/restart.sh',
};

const lines: [string, string][] = [
  [
    'nginx',
    'tls add nginx --name <server_name> --connection_type <connection_type> --host <server_host> --port <port> --user <user> --password <password> --ssh_key_path <ssh-key-path> --ssh_key_password <ssh-key-password> --store <credential-store-name> --store_cred_id <credential-store-id> --nginx_config_path <nginx-config-file-path>',
  ],
  [
    'pem',
    'tls add pem --name <name> --connection_type <connection-type> --path <file-path> --host <server_host> --port <port> --user <user> --password <password> --ssh_key_path <ssh-key-path> --ssh_key_password <ssh-key-password> --store <credential-store-name> --store_cred_id <credential-store-id> --install_script <custom-install-script-path> --restart_script <custom-restart-script-path>',
  ],
];

function typed(line: string): string[] {
  return line.split(' ').map((word) => filled[word] ?? word);
}

const asTyped = {
  name: 'web1',
  connection_type: 'ssh',
  host: 'web1.example',
  port: 22,
  user: 'deploy',
  password: 'hunter2',
  ssh_key_path: '/home/deploy/.ssh/id_ed25519',
  ssh_key_password: 'open',
  store: 'vault',
  store_cred_id: '42',
};
const expected: Record<string, unknown> = {
  nginx: { type: 'nginx', ...asTyped, nginx_config_path: '/etc/nginx/nginx.conf' },
  pem: {
    type: 'pem',
    ...asTyped,
    path: '/etc/ssl/site.pem',
    install_script: '/opt/install.sh',
    restart_script: '/opt/restart.sh',
  },
};

describe.each(lines)('the documented line for %s', (type, line) => {
  test('is understood as it stands', async () => {
    const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
    await cli(typed(line), { running: client });
    expect(calls).toEqual([['endpoints.add', expected[type]]]);
  });

  test('is understood with single dashes, hyphens and equals signs', async () => {
    const words = typed(line);
    const spellings = [
      words.map((word) => word.replace(/^--(?=[a-z])/, '-')),
      words.map((word) => (word.startsWith('--') ? word.replaceAll('_', '-') : word)),
      words.reduce<string[]>((kept, word, index) => {
        if (index < 3 || word.startsWith('--')) kept.push(word);
        else kept.push(`${kept.pop()}=${word}`);
        return kept;
      }, []),
    ];
    for (const spelling of spellings) {
      const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
      await cli(spelling, { running: client });
      expect(calls).toEqual([['endpoints.add', expected[type]]]);
    }
  });

  test('is warned of its secrets, whose values are not repeated', async () => {
    const { client } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
    const { stdout, stderr } = await cli(typed(line), { running: client });
    expect(stderr.match(/^Warning: --\w+/gm)).toEqual(['Warning: --password', 'Warning: --ssh_key_password']);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

test('the documented line for f5 is understood without the options that it has no use for', async () => {
  const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
  const line =
    'tls add f5 --name <server_name> --connection_type rest_insecure --host <server_host> --port <port> --user <user> --store <credential-store-name> --store_cred_id <credential-store-id>';
  await cli(typed(line), { running: client });
  const { password: _password, ssh_key_path: _path, ssh_key_password: _passphrase, ...others } = asTyped;
  expect(calls).toEqual([['endpoints.add', { type: 'f5', ...others, connection_type: 'rest_insecure' }]]);
});

test('the success message gives the instance id, as people know it', async () => {
  const endpoint = { id: 'ep_0123456789abcdef', name: 'web1' };
  const { client } = scriptedClient({
    'endpoints.add': { endpoint, probe: { ok: true, version: null, checks: [], at: 1 }, taskId: null },
  });
  const { stdout, code } = await cli(['tls', 'add', 'nginx', '--name', 'web1'], { running: client });
  expect(stdout).toBe('Endpoint web1 was added. Instance ID: ep_0123456789abcdef\n');
  expect(code).toBe(0);
});

const types: readonly string[] = endpointTypes;

test.each(['iis', 'apache', 'tomcat', 'f5', 'p12', 'jks', 'moon'].filter((type) => !types.includes(type)))(
  'tls add %s says which types there are',
  async (type) => {
    const { stderr, code } = await cli(['tls', 'add', type, '--name', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain(`There is no type "${type}" in this version.`);
    expect(stderr).toContain(`One of: ${['nginx', 'pem', ...types.slice(2)].join(', ')}.`);
  },
);
