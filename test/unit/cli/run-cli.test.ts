import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';
import { cliCommands } from '../../../electron/cli/from-contract.ts';

describe('paths', () => {
  test('of this machine are completed, those of another one are left alone', async () => {
    const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
    const add = (line: string) => cli(`tls add pem --name p ${line}`.split(' '), { running: client });
    await add('--path site.pem --key_path k.pem');
    await add('--path site.pem --connection_type ssh --host h --user u --ssh_key_path id');
    expect(calls.map(([, input]) => input)).toMatchObject([
      { path: '/here/site.pem', key_path: '/here/k.pem' },
      { path: 'site.pem', ssh_key_path: '/here/id' },
    ]);
  });

  test('of a certificate to revoke, and of an account to import, are of this machine', async () => {
    const never = new Failure('internal', 'Enough.');
    const answers = { 'certificates.revokeByKey': never, 'authorities.accountImport': never };
    const { client, calls } = scriptedClient(answers);
    const key = '--private_key-file /k --authority a --reason superseded';
    await cli(`certificates revoke-by-key old.crt ${key}`.split(' '), {
      running: client,
      files: { '/k': 'K' },
    });
    await cli('authorities account import a --path certbot'.split(' '), { running: client });
    expect(calls.map(([, input]) => input)).toMatchObject([
      { path: '/here/old.crt' },
      { path: '/here/certbot' },
    ]);
  });
});

describe('update', () => {
  test('sends what is named, and null for what is cleared', async () => {
    const { client, calls } = scriptedClient({ 'endpoints.update': new Failure('internal', 'Enough.') });
    const line = 'tls update web1 --port 2222 --no-auto_renew --clear nginx_config_path,authority';
    await cli(line.split(' '), { running: client });
    const changes = { port: 2222, auto_renew: false, nginx_config_path: null, authority: null };
    expect(calls).toEqual([['endpoints.update', { endpoint: 'web1', changes }]]);
  });
});

describe('the agent', () => {
  test('that runs is used, and none is started', async () => {
    const { client } = scriptedClient({ 'endpoints.list': [] });
    const { own, stdout } = await cli(['tls', 'list'], { running: client });
    expect(own).toEqual([]);
    expect(stdout).toContain('There are no endpoints yet.');
  });

  test('is started in this process when none runs, and stopped again', async () => {
    const { client } = scriptedClient({ 'endpoints.list': [] });
    const { own } = await cli(['tls', 'list', '--data-directory', 'd'], { own: client });
    expect(own).toEqual(['made for /here/d', 'stopped']);
  });

  test('is told what may begin a database: only what adds or sets something', () => {
    const begins = cliCommands().filter((command) => command.begins);
    expect(begins.map(({ words }) => words.join(' ')).sort()).toEqual([
      'authorities add',
      'autoupdate disable',
      'autoupdate enable',
      'autoupdate set',
      'backup restore',
      'channels add',
      'credstore add',
      'credstore credentials add',
      'proxy set',
      'secrets choose',
      'settings set',
      'tls add',
    ]);
    expect(begins.every(({ mutates }) => mutates)).toBe(true);
  });

  test('recovers a database that is gone, from its backup or empty', async () => {
    const { own, stdout, code } = await cli(['recover', '--data-directory', 'd']);
    expect([own, stdout, code]).toEqual([['recovered /here/d by backup'], 'It is back.\n', 0]);
    expect((await cli(['recover', '--new-start'])).own).toEqual(['recovered /home by new-start']);
    const wrong = await cli(['recover', 'x']);
    expect([wrong.code, wrong.own]).toEqual([2, []]);
  });

  test('rehearses, and says by its exit code whether all was proved', async () => {
    const good = await cli(['rehearse']);
    expect([good.stdout, good.code]).toEqual(['proved\n', 0]);
    expect((await cli(['rehearse'], { rehearsed: false })).code).toBe(1);
    expect((await cli(['rehearse', 'web1'])).code).toBe(2);
  });

  test('of our own starts its work only for what changes something, and is stopped after a failure too', async () => {
    const { client } = scriptedClient({ 'endpoints.remove': new Failure('endpoint.not-found', 'No.') });
    const { own, code } = await cli(['tls', 'remove', 'x', '--system'], { own: client });
    expect(own).toEqual(['made for /system', 'started', 'stopped']);
    expect(code).toBe(5);
  });

  test('is not started to tell that it does not run', async () => {
    for (const word of ['status', 'stop', 'show']) {
      const { code, stderr, own } = await cli([word]);
      expect(own).toEqual([]);
      expect(code).toBe(5);
      expect(stderr).toContain('No agent is running with the data directory /home.');
    }
  });

  test('without a screen takes settings for this run, and refuses what they cannot be', async () => {
    const { headless } = await cli([
      'run',
      '--proof_seconds',
      '30',
      '--scan-hours=2',
      '--data-directory',
      '/d',
    ]);
    expect(headless).toMatchObject([{ settings: { proof_seconds: 30, scan_hours: 2 } }]);
    const wrong = await cli(['run', '--proof_seconds', '0']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Proof timeout must be between 1 and 600.');
  });

  test('without a screen gets its directory and log level', async () => {
    const { headless, code } = await cli([
      'run',
      '--log-level',
      'debug',
      '--data-directory=/d',
      '--socket-directory',
      's',
    ]);
    const own = {
      dataDirectory: '/d',
      logLevel: 'debug',
      service: null,
      settings: {},
      socketDirectory: '/here/s',
    };
    expect(headless).toEqual([own]);
    expect(code).toBe(0);
  });
});

describe('--json', () => {
  test('prints exactly what the contract answered', async () => {
    const answer = [{ id: 'ep_1', name: 'web1', anything: { at: 1 } }];
    const { client } = scriptedClient({ 'endpoints.list': answer });
    const { stdout } = await cli(['tls', 'list', '--json'], { running: client });
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  test('prints a failure as its data, on standard error', async () => {
    const failure = new Failure('ssh.host-key-changed', 'Another key.', { hint: 'Look.', peerSaid: 'hm' });
    const { client } = scriptedClient({ 'endpoints.list': failure });
    const { stdout, stderr, code } = await cli(['tls', 'list', '--json'], { running: client });
    expect({ stdout, code, failure: JSON.parse(stderr) }).toEqual({
      stdout: '',
      code: 1,
      failure: failure.toData(),
    });
  });

  test('leaves nothing on standard error that is not JSON, one value a line', async () => {
    const failure = new Failure('credential.exists', 'It is there.');
    const { client } = scriptedClient({ 'credentials.add': failure });
    const line = 'credstore credentials add s id --password x --json'.split(' ');
    const { stderr } = await cli(line, { running: client });
    const [warning, said, ...more] = stderr
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(warning.note).toMatch(/^Warning: --password on the command line/);
    expect(said).toEqual(failure.toData());
    expect(more).toEqual([]);
  });

  test('makes half a command a complaint like any other', async () => {
    const { stderr, code } = await cli(['credstore', 'credentials', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      sentence: '"credstore credentials" is not a complete command.',
    });
  });
});

describe('a data directory that is taken at the moment', () => {
  const client = () => scriptedClient({ 'endpoints.list': [] }).client;

  test('by another command is waited for', async () => {
    const run = await cli(['tls', 'list'], { own: client(), taken: 2 });
    expect(run).toMatchObject({ code: 0, own: ['made for /home', 'stopped'] });
  });

  test('by an agent that begins to run is left to that agent', async () => {
    const run = await cli(['tls', 'list'], { running: client(), taken: 1 });
    expect(run).toMatchObject({ code: 0, own: [] });
  });
});

describe('--dry-run', () => {
  test('asks for the plan and starts nothing', async () => {
    const { client, calls } = scriptedClient({ 'certificates.preview': new Failure('internal', 'Enough.') });
    const { own } = await cli(['certificates', 'request', 'web1/a', '--dry-run', '--names', 'a,b'], {
      own: client,
    });
    expect(calls).toEqual([['certificates.preview', { node: 'web1/a', names: ['a', 'b'] }]]);
    expect(own).not.toContain('started');
  });
});

describe('exit codes', () => {
  const byFailure: [string, Failure, number][] = [
    ['needs a person', new Failure('ssh.login-refused', 'No.'), 1],
    ['does not fit', new Failure('input.invalid', 'No.', { retry: 'never' }), 2],
    ['may work later', new Failure('connection.lost', 'No.', { retry: 'later' }), 4],
    ['may work at a time', new Failure('acme.rate-limited', 'No.', { retry: 'after', retryAt: 1 }), 4],
    ['is not there', new Failure('node.not-found', 'No.'), 5],
    ['lost its agent', new Failure('agent.unreachable', 'No.', { retry: 'later' }), 5],
    ['is a fault of ours', new Failure('internal', 'No.', { retry: 'later' }), 1],
  ];
  test.each(byFailure)('tell what %s', async (_what, failure, code) => {
    const { client } = scriptedClient({ 'endpoints.list': failure });
    expect((await cli(['tls', 'list'], { running: client })).code).toBe(code);
  });

  const verdicts: [string, Record<string, unknown>, number][] = [
    ['tls probe a', { ok: false, version: null, checks: [], at: 1 }, 1],
    ['tls probe a', { ok: true, version: null, checks: [], at: 1 }, 0],
    ['nodes verify a', { state: 'same', sentence: '', fingerprint: null, at: 1 }, 0],
    ['nodes verify a', { state: 'previous', sentence: '', fingerprint: null, at: 1 }, 1],
    ['audit verify', { ok: false, entries: 3, firstBad: { number: 2, sentence: 'Changed.' }, head: 'h' }, 1],
  ];
  test.each(verdicts)('carry the verdict of "%s"', async (line, answer, code) => {
    const paths = { 'endpoints.probe': answer, 'nodes.verify': answer, 'audit.verify': answer };
    expect((await cli(line.split(' '), { running: scriptedClient(paths).client })).code).toBe(code);
  });
});

test('version, help and OpenAPI need no agent', async () => {
  expect((await cli(['--version'])).stdout).toBe('trustkeep 1.2.3\n');
  expect((await cli(['version'])).stdout).toBe('trustkeep 1.2.3\n');
  expect((await cli([])).stdout).toContain('Usage: trustkeep COMMAND');
  const document = JSON.parse((await cli(['openapi'])).stdout);
  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths)).toContain('/endpoints/add');
});
