import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';
import { typed, update } from './credential-store-lines.ts';

describe('credstore update', () => {
  const spelt: [string, Record<string, unknown>][] = [
    [
      'hashicorp --storename v1 --rootpath r',
      { kind: 'hashicorp', storename: 'v1', changes: { rootpath: 'r' } },
    ],
    ['--storename v1 --rootpath r', { storename: 'v1', changes: { rootpath: 'r' } }],
    ['v1 --rootpath r', { storename: 'v1', changes: { rootpath: 'r' } }],
    ['hashicorp v1 --rootpath r', { kind: 'hashicorp', storename: 'v1', changes: { rootpath: 'r' } }],
    [
      'local -storename hashicorp --new_storename b',
      { kind: 'local', storename: 'hashicorp', new_storename: 'b', changes: {} },
    ],
    ['v1 --clear verify,namespace', { storename: 'v1', changes: { verify: null, namespace: null } }],
    ['v1 --appwrapped No', { storename: 'v1', changes: { appwrapped: false } }],
    ['v1 --secretfile sid', { storename: 'v1', changes: { secretfile: '/here/sid' } }],
    [
      'cyberark c --authcert a.pfx --certpass x',
      { kind: 'cyberark', storename: 'c', changes: { authcert: '/here/a.pfx', certpass: 'x' } },
    ],
  ];
  test.each(spelt)('%s', async (line, expected) => {
    expect((await typed(`credstore update ${line}`, update)).input).toEqual(expected);
  });

  const wrong: [string, string][] = [
    ['v1', '"credstore update" needs something to change.'],
    ['hashicorp', '"credstore update" needs --storename.'],
    ['hashicrop --storename v1 --rootpath r', 'There is no kind "hashicrop". Did you mean hashicorp?'],
    ['hashicorp v1 v2 --rootpath r', '"credstore update" does not take "v2".'],
    ['v1 --clear storename', '--clear storename: there is no such option.'],
    ['v1 --verify a --clear verify', '--verify is both set and cleared.'],
    ['v1 --authtype Kerberos', ''],
  ];
  test.each(wrong)('%s is answered with one sentence', async (line, sentence) => {
    const { stderr, code, calls } = await typed(`credstore update ${line}`, update);
    if (sentence === '') return expect(calls).toHaveLength(1); // the agent knows which options fit
    expect(stderr.split('\n')[0]).toBe(sentence);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
  });

  test('leaves out what the chosen way to log in does not use, and says so', async () => {
    const line =
      'v1 --authtype AppRoleFile --token t --roleid r --secretid s --secretfile /f --appwrapped Yes';
    const { input, stderr } = await typed(`credstore update ${line}`, update);
    expect(input?.changes).toEqual({
      authtype: 'AppRoleFile',
      roleid: 'r',
      secretfile: '/f',
      appwrapped: true,
    });
    expect(stderr).toContain('Note: --token is not used with authtype AppRoleFile, and was ignored.');
    expect(stderr).toContain('Note: --secretid is not used with authtype AppRoleFile');
  });
});

describe('what a person mistypes', () => {
  const cases: [string, string][] = [
    ['credstore add', '"credstore add" needs the kind first.'],
    [
      'credstore add hashicrop --storename x',
      'There is no kind "hashicrop" in this version. Did you mean hashicorp?',
    ],
    ['credstore add hashicorp --storename x', '"credstore add hashicorp" needs --vaulturl and --rootpath.'],
    ['credstore add local --storename', '--storename needs a value.'],
    [
      'credstore add local --storname x',
      'There is no option --storname for "credstore add local". Did you mean --storename?',
    ],
    [
      'credstore add hashicorp --storename x --vaulturl https://v --rootpath r --authtype Kerberos',
      'Authentication type must be one of: Token, AppRoleSecret, AppRoleFile.',
    ],
    [
      'credstore add hashicorp --storename x --vaulturl https://v --rootpath r --appwrapped perhaps',
      '--appwrapped must be yes or no, not "perhaps".',
    ],
    [
      `credstore add local --storename ${'x'.repeat(65)}`,
      'Store name must be between 1 and 64 characters long.',
    ],
    ['credstore show', '"credstore show" needs STORENAME.'],
    ['credstore credentials get v1', '"credstore credentials get" needs --id.'],
    ['credstore credentials add --id a', '"credstore credentials add" needs STORENAME.'],
    ['credstore credentials update v1 a', '"credstore credentials update" needs something to change.'],
    ['credstore credentials remove v1 a b', '"credstore credentials remove" does not take "b".'],
    ['proxy set --port many', '--port must be a whole number, not "many".'],
    ['proxy set --confirm 5', ''],
    [
      'credstore credentials ad',
      'There is no command "credstore credentials ad". Did you mean "credstore credentials add"?',
    ],
    ['credstore remov', 'There is no command "credstore remov". Did you mean "credstore remove"?'],
  ];
  test.each(cases)('"%s" is answered with one sentence and exit code 2', async (line, sentence) => {
    const { code, stdout, stderr, own } = await cli(line.split(' '));
    if (sentence !== '') expect(stderr.split('\n')[0]).toBe(sentence);
    expect({ code, stdout, own }).toEqual({ code: 2, stdout: '', own: [] });
  });
});

test('half of a command shows its other halves', async () => {
  const { stderr, code } = await cli(['credstore', 'credentials']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Commands of "credstore credentials":/);
  expect(stderr).toContain('credstore credentials reveal');
  expect(stderr).not.toContain('credstore verify');
  expect((await cli(['help', 'credstore'])).stdout).toContain('credstore verify');
});

test('an agent of our own fetches the key for what is sealed, and works only where something changes', async () => {
  const answers = {
    'credentials.get': new Failure('internal', 'Enough.'),
    'proxy.test': new Failure('internal', 'Enough.'),
    'credentialStores.verify': new Failure('internal', 'Enough.'),
    'credentials.list': new Failure('internal', 'Enough.'),
  };
  const own = async (line: string) =>
    (await cli(line.split(' '), { own: scriptedClient(answers).client })).own.slice(1);
  expect(await own('credstore credentials get s a')).toEqual(['unlocked', 'stopped']);
  expect(await own('proxy test')).toEqual(['unlocked', 'stopped']);
  expect(await own('credstore verify s')).toEqual(['started', 'stopped']);
  expect(await own('credstore credentials list s')).toEqual(['stopped']);
});
