import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';

describe('what a person mistypes', () => {
  const cases: [string, string, RegExp][] = [
    ['tls ad nginx', 'There is no command "tls ad". Did you mean "tls add"?', /trustkeep help/],
    ['certificate list', 'There is no command "certificate list". Did you mean "certificates list"?', /help/],
    ['proxy show', 'There is no command "proxy show". Did you mean "proxy get"?', /help/],
    ['secrets show', 'There is no command "secrets show". Did you mean "secrets state"?', /help/],
    [
      'certificates revoke-by-key',
      '"certificates revoke-by-key" needs PATH, --authority and --reason.',
      /help/,
    ],
    [
      'authorities update a --preferred_chain=',
      '--preferred_chain must not be empty.',
      /--clear preferred_chain/,
    ],
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
    ['certificates request n --key_place target', '"key_place" must be one of: endpoint, agent.', /Correct/],
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
    const { client, calls } = scriptedClient({ 'endpoints.add': new Failure('internal', 'Enough.') });
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
