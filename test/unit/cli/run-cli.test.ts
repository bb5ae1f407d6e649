import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';
import { makeTask } from '#test/make/commands.ts';

describe('what a person mistypes', () => {
  const cases: [string, string, RegExp][] = [
    ['tls ad nginx', 'There is no command "tls ad". Did you mean "tls add"?', /trustkeep help/],
    ['certificate list', 'There is no command "certificate list". Did you mean "certificates list"?', /help/],
    ['frobnicate', 'There is no command "frobnicate".', /help/],
    ['tls add', '"tls add" needs the type first.', /One of: nginx, pem/],
    ['tls add nginz --name x', 'There is no type "nginz" in this version. Did you mean nginx?', /nginx, pem/],
    ['tls add nginx', '"tls add nginx" needs --name.', /help tls add nginx/],
    ['tls add pem', '"tls add pem" needs --name and --path.', /help/],
    ['tls show', '"tls show" needs ENDPOINT.', /help tls show/],
    ['tls add nginx --name', '--name needs a value.', /help tls add nginx/],
    ['tls add nginx --name --port 22', '--name needs a value.', /help/],
    ['tls add nginx --nam x', 'There is no option --nam for "tls add nginx". Did you mean --name?', /help/],
    [
      'tls add nginx --ngnix_config_path x',
      'There is no option --ngnix_config_path for "tls add nginx". Did you mean --nginx_config_path?',
      /help/,
    ],
    ['tls add nginx --name a --name b', '--name was given twice.', /^$/],
    ['tls add nginx --name a --port many', '--port must be a whole number, not "many".', /^$/],
    ['tls add nginx --name a --port 0', 'Port must be between 1 and 65535.', /Correct/],
    ['tls add nginx --name a --auto_renew=maybe', '--auto_renew must be yes or no, not "maybe".', /^$/],
    ['tls add nginx --name a --auto_renew maybe', '--auto_renew must be yes or no, not "maybe".', /^$/],
    ['credstore update v --appwrapped [Yes/No]', '--appwrapped must be yes or no, not "[Yes/No]".', /^$/],
    ['backup create b', '"backup create" needs --passphrase.', /--passphrase-stdin/],
    ['secrets recover', '"secrets recover" needs --recovery_key.', /--recovery_key-prompt/],
    ['credstore credentials get s --id=', '"id" must not be empty.', /Correct/],
    ['tls add nginx --name a b', '"tls add nginx" does not take "b".', /help/],
    ['tls list all', '"tls list" does not take "all".', /help/],
    ['tls show a b', '"tls show" does not take "b".', /help/],
    ['tls update web1', '"tls update" needs something to change.', /^$/],
    ['tls update web1 --clear colour', '--clear colour: there is no such option.', /help tls update/],
    ['tls update web1 --host a --clear host', '--host is both set and cleared.', /^$/],
    ['run --fast', '"run" does not take "--fast".', /^$/],
    ['run --log-level loud', '--log-level must be one of: debug, info, warn, error.', /^$/],
    ['tls list --data-directory', '--data-directory needs a value.', /^$/],
    ['tls list --data-directory --wait', '--data-directory needs a value.', /^$/],
    ['orders show many', '"number" must be a number.', /Correct/],
    [
      'secrets unlock --passphrase-file /nope',
      '--passphrase-file: /nope cannot be read: there is no such file.',
      /^$/,
    ],
  ];
  test.each(cases)('"%s" is answered with one sentence and exit code 2', async (line, sentence, hint) => {
    const { code, stdout, stderr, own } = await cli(line.split(' '));
    const [first, second = ''] = stderr.split('\n');
    expect(first).toBe(sentence);
    expect(second).toMatch(hint);
    expect({ code, stdout, own }).toEqual({ code: 2, stdout: '', own: [] });
  });

  test('"tls" alone shows its commands', async () => {
    const { code, stderr } = await cli(['tls']);
    expect(code).toBe(2);
    expect(stderr).toContain('tls discover');
    expect((await cli(['help', 'tls'])).code).toBe(0);
  });

  test('with --json the complaint is JSON too', async () => {
    const { stderr } = await cli(['tls', 'show', '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', sentence: '"tls show" needs ENDPOINT.' });
  });
});

describe('secrets', () => {
  const ssh = 'tls add nginx --name w --connection_type ssh --host h --user u'.split(' ');
  const added = async (args: string[], world: Parameters<typeof cli>[1]) => {
    const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('x', 'Enough.') });
    const run = await cli([...ssh, ...args], { running: client, ...world });
    return { ...run, input: calls[0]?.[1] as Record<string, unknown> | undefined };
  };

  test('unlocked where no agent runs would be locked again at once, so it says that none runs', async () => {
    const { code, stderr } = await cli(['secrets', 'unlock', '--passphrase-stdin'], {
      stdin: 'correct horse battery',
    });
    expect(stderr).toContain('No agent is running with the data directory');
    expect(code).toBe(5);
  });

  test('that are locked need somebody, though a task may wait for them', async () => {
    const locked = new Failure('keychain.locked', 'The stored secrets are locked.', { retry: 'later' });
    const { client } = scriptedClient({ 'secrets.recoveryKey': locked });
    expect((await cli(['secrets', 'recovery-key'], { running: client })).code).toBe(1);
  });

  test('come from standard input, a file or a question, without their line end', async () => {
    expect((await added(['--password-stdin'], { stdin: 'pw 1\n' })).input?.password).toBe('pw 1');
    const files = { '/here/pw': 'pw 2\r\n' };
    expect((await added(['--password-file', 'pw'], { files })).input?.password).toBe('pw 2');
    const asked = await added(['--password-prompt'], { answers: ['pw 3'] });
    expect(asked.input?.password).toBe('pw 3');
    expect(asked.stderr).not.toContain('Warning');
  });

  test('are asked for at a terminal when the login is missing', async () => {
    const { asked, input } = await added([], { answers: ['pw'] });
    expect(asked).toEqual(['Password of u@h: ']);
    expect(input?.password).toBe('pw');
  });

  test('are not asked for when a key was named, nor by a script', async () => {
    expect((await added(['--ssh_key_path', 'id'], { answers: ['pw'] })).asked).toEqual([]);
    expect((await added([], {})).asked).toEqual([]);
  });

  test('cannot both be read from standard input', async () => {
    const { stderr } = await added(['--password-stdin', '--ssh-key-password-stdin'], { stdin: 'x' });
    expect(stderr).toContain('Only one value can be read from standard input.');
  });

  test('that are empty are not taken for none', async () => {
    expect((await added(['--password-stdin'], { stdin: '\n' })).stderr).toContain(
      '--password-stdin was empty.',
    );
  });

  test('that no terminal can ask for are refused before anything is asked', async () => {
    const { code, stderr, asked, input } = await added(['--password-prompt'], {});
    expect({ code, asked, input }).toEqual({ code: 2, asked: [], input: undefined });
    expect(stderr).toContain('--password-prompt needs a terminal to ask on.\n');
    expect(stderr).toContain('--password-stdin or --password-file');
  });

  test('lose the mark that some editors put before text, and are refused when they are not UTF-8', async () => {
    expect((await added(['--password-stdin'], { stdin: '\ufeffpw\r\n' })).input?.password).toBe('pw');
    const { code, stderr, input } = await added(['--password-stdin'], { stdin: 'p\ufffdw\n' });
    expect({ code, input }).toEqual({ code: 2, input: undefined });
    expect(stderr).toContain('--password-stdin was not UTF-8 text.\n');
    expect((await added(['--password', 'p\ufffdw'], {})).stderr).toContain('--password was not UTF-8 text');
  });

  test('that are to be chosen are typed twice', async () => {
    const { client, calls } = scriptedClient({ 'secrets.choose': {} });
    const words = ['secrets', 'choose', 'passphrase'];
    const wrong = await cli(words, { running: client, answers: ['correct horse battery', 'correct horse'] });
    expect(wrong.stderr).toContain('The passphrases do not match.');
    const answers = ['correct horse battery', 'correct horse battery'];
    await cli(words, { running: client, answers });
    expect(calls).toEqual([['secrets.choose', { kind: 'passphrase', passphrase: answers[0] }]]);
  });

  test('a trust root is read from a file and may stand there as text', async () => {
    const { client, calls } = scriptedClient({ 'authorities.add': { name: 'a', id: 'ca_1' } });
    const line =
      'authorities add acme --name a --directory_url https://ca.example/dir --agree_to_terms --trusted_roots-file root.pem';
    await cli(line.split(' '), { running: client, files: { '/here/root.pem': 'PEM\n' } });
    expect(calls[0]?.[1]).toMatchObject({ kind: 'acme', trusted_roots: 'PEM\n', agree_to_terms: true });
  });
});

describe('paths', () => {
  test('of this machine are completed, those of another one are left alone', async () => {
    const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('x', 'Enough.') });
    const add = (line: string) => cli(`tls add pem --name p ${line}`.split(' '), { running: client });
    await add('--path site.pem --key_path k.pem');
    await add('--path site.pem --connection_type ssh --host h --user u --ssh_key_path id');
    expect(calls.map(([, input]) => input)).toMatchObject([
      { path: '/here/site.pem', key_path: '/here/k.pem' },
      { path: 'site.pem', ssh_key_path: '/here/id' },
    ]);
  });
});

describe('update', () => {
  test('sends what is named, and null for what is cleared', async () => {
    const { client, calls } = scriptedClient({ 'endpoints.update': new Failure('x', 'Enough.') });
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
    const { headless, code } = await cli(['run', '--log-level', 'debug', '--data-directory=/d']);
    expect(headless).toEqual([{ dataDirectory: '/d', logLevel: 'debug', settings: {} }]);
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
    const { client, calls } = scriptedClient({ 'certificates.preview': new Failure('x', 'Enough.') });
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

describe('--wait', () => {
  const step = { name: 'plan', attempt: 1, startedAt: 1, finishedAt: 2, failure: null } as const;
  const states = (...tasks: Partial<Task>[]) => {
    let turn = 0;
    return scriptedClient({
      'certificates.renew': { taskId: 'task_1' },
      'tasks.show': () => ({
        task: makeTask({ id: 'task_1', kind: 'certify', ...tasks[Math.min(turn++, tasks.length - 1)] }),
        plan: null,
      }),
      'approvals.show': { id: 'apr_1', plan: { fingerprint: 'f'.repeat(64) } },
      'agent.events': async function* () {
        yield { type: 'hello', at: 1 };
        for (let i = 0; i < tasks.length; i++) yield { type: 'changed', topic: 'tasks', id: 'task_1', at: 1 };
      },
    });
  };
  const renew = (client: ReturnType<typeof states>['client'], ...flags: string[]) =>
    cli(['certificates', 'renew', 'n', '--wait', ...flags], { running: client });
  const failed = { code: 'reload.failed', sentence: 'nginx did not reload.', retry: 'needs-person' } as const;

  test('tells each step once and ends with the task', async () => {
    const steps = [{ ...step, state: 'done' as const, sentence: 'Planned.' }];
    const { client } = states(
      { state: 'running', steps },
      { state: 'running', steps },
      { state: 'succeeded', steps },
    );
    const { stdout, code } = await renew(client);
    expect(stdout).toBe(
      'The renewal was started. Task: task_1\n  ✓ plan (0.0 s): Planned.\nDone: certify of web1.\n',
    );
    expect(code).toBe(0);
  });

  const ends: [string, Partial<Task>, number, RegExp][] = [
    ['with warnings', { state: 'succeeded-with-warnings' }, 0, /with warnings/],
    ['cancelled', { state: 'cancelled' }, 1, /Cancelled/],
    [
      'failed before any change',
      { state: 'failed', failure: failed, restored: 'not-needed' },
      1,
      /nginx did not reload/,
    ],
    [
      'failed and restored',
      { state: 'failed', failure: failed, restored: 'proved' },
      6,
      /is back, and proved/,
    ],
    [
      'failed, restored, not proved',
      { state: 'failed', failure: failed, restored: 'unproved' },
      7,
      /not proved/,
    ],
    [
      'failed and not restored',
      { state: 'failed', failure: failed, restored: 'failed' },
      7,
      /could NOT be restored/,
    ],
    ['waiting for the keychain', { state: 'waiting', waitingFor: 'keychain' }, 3, /secrets unlock/],
  ];
  test.each(ends)('tells a task that is %s from the others', async (_what, task, code, said) => {
    const run = await renew(states(task).client);
    expect(run.code).toBe(code);
    expect(run.stdout).toMatch(said);
  });

  test('says how to approve and gives up, unless told to wait for that too', async () => {
    const waiting = { state: 'waiting', waitingFor: 'approval' } as const;
    const run = await renew(states(waiting).client);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('trustkeep approvals approve apr_1 --fingerprint ffffffffffffffff');
    expect((await renew(states(waiting, { state: 'succeeded' }).client, '--wait_approval')).code).toBe(0);
  });

  test('keeps standard output one JSON document', async () => {
    const run = await renew(states({ state: 'succeeded' }).client, '--json');
    expect(JSON.parse(run.stdout)).toEqual({ taskId: 'task_1' });
    const said = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(said).toContainEqual({ note: 'Done: certify of web1.' });
  });

  test('of our own agent is understood: the work would end with us', async () => {
    const run = await cli(['certificates', 'renew', 'n'], { own: states({ state: 'succeeded' }).client });
    expect(run.stdout).toContain('Done: certify of web1.');
    expect(run.own).toEqual(['made for /home', 'started', 'stopped']);
  });

  test('of our own agent does not sit for hours with an authority', async () => {
    const later = { state: 'waiting', waitingFor: 'authority', wakeAt: Date.now() + 3_600_000 } as const;
    const run = await cli(['certificates', 'renew', 'n', '--wait'], { own: states(later).client });
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('The task is waiting for the authority.');
  });
});

test('what others named themselves cannot move the cursor', async () => {
  const { client } = scriptedClient({
    'endpoints.list': new Failure('x', 'A\u001b[2J\u0007B', { peerSaid: 'C\nD' }),
  });
  const { stderr } = await cli(['tls', 'list'], { running: client });
  expect(stderr).toBe('A [2J B\nThe server answered: C D\n');
});

test('version, help and OpenAPI need no agent', async () => {
  expect((await cli(['--version'])).stdout).toBe('trustkeep 1.2.3\n');
  expect((await cli(['version'])).stdout).toBe('trustkeep 1.2.3\n');
  expect((await cli([])).stdout).toContain('Usage: trustkeep COMMAND');
  const document = JSON.parse((await cli(['openapi'])).stdout);
  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths)).toContain('/endpoints/add');
});
