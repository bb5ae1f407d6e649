import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { type CliWorld, cli, scriptedClient } from '#test/make/cli.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';

/** What the contract was asked for a line, and what the person saw. */
async function typed(line: readonly string[] | string, path: string, world: CliWorld = {}) {
  const { client, calls } = scriptedClient({ [path]: new Failure('x', 'Enough.') });
  const words = typeof line === 'string' ? line.split(' ') : line;
  const run = await cli(words, { running: client, ...world });
  return { ...run, input: calls[0]?.[1] as Record<string, unknown> | undefined, calls };
}

const update = 'credentialStores.update';

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

describe('at a terminal', () => {
  const add = 'credentialStores.add';
  const vault = 'credstore add hashicorp --storename v --vaulturl https://v.example --rootpath r';
  const cyberark = 'credstore add cyberark --storename c --appid a --ccpurl https://c.example';
  const secretServer =
    'credstore add delinea-secret-server --storename d --url https://d.example --username u';
  const asked: [string, string, string[], Record<string, unknown>][] = [
    [vault, add, ['Token: '], { token: 'answer' }],
    [`${vault} --authtype AppRoleSecret --roleid r`, add, ['SecretID: '], { secretid: 'answer' }],
    [
      `${vault} --authtype AppRoleSecret --roleid r --appwrapped Yes`,
      add,
      ['Wrapping token with the SecretID: '],
      { secretid: 'answer' },
    ],
    [`${vault} --authtype AppRoleFile --roleid r --secretfile f`, add, [], { secretfile: '/here/f' }],
    [`${vault} --token t`, add, [], { token: 't' }],
    [cyberark, add, [], {}],
    [`${cyberark} --authcert a.pfx`, add, ['Password of a.pfx (empty: none): '], { certpass: 'answer' }],
    [secretServer, add, ['Password of u: '], { password: 'answer' }],
    [
      'credstore credentials add s a --username u',
      'credentials.add',
      ['Password of u: '],
      { password: 'answer' },
    ],
    [
      'credstore credentials add s a --privatekeypath k',
      'credentials.add',
      [],
      { privatekeypath: '/here/k' },
    ],
    [
      'proxy set --host p --port 3128 --user u',
      'proxy.set',
      ['Password of the proxy user u: '],
      { password: 'answer' },
    ],
    ['proxy set --host p --port 3128', 'proxy.set', [], {}],
    [
      'backup restore b',
      'backups.restore',
      ['Passphrase of the backup: '],
      { path: '/here/b', passphrase: 'answer' },
    ],
  ];
  test.each(asked)('%s', async (line, path, questions, input) => {
    const run = await typed(line, path, { answers: ['answer'] });
    expect(run.asked).toEqual(questions);
    if (path !== 'backups.restore') expect(run.input).toMatchObject(input);
  });

  test('an empty answer leaves the secret as it is', async () => {
    const run = await typed('credstore update v1 --authtype Token', update, { answers: [''] });
    expect(run.asked).toEqual(['Token (empty: keep the current one): ']);
    expect(run.input).toEqual({ storename: 'v1', changes: { authtype: 'Token' } });
  });

  test('the passphrase of a backup is typed twice', async () => {
    const answers = ['correct horse battery', 'correct horse battery'];
    const good = await typed('backup create b', 'backups.create', { answers });
    expect(good.input).toEqual({ path: '/here/b', passphrase: answers[0] });
    const wrong = await typed('backup create b', 'backups.create', { answers: [answers[0] ?? '', 'other'] });
    expect(wrong.stderr).toContain('The passphrases do not match.');
  });

  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = (passphrase?: string) =>
    privateKey
      .export({
        type: 'pkcs8',
        format: 'pem',
        ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
      })
      .toString();
  const openSsh = (cipher: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(cipher.length);
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher)]);
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  };
  const keys: [string, string, boolean][] = [
    ['PKCS#8, encrypted', pem('x'), true],
    ['PKCS#8', pem(), false],
    ['PEM of old', '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n', true],
    ['OpenSSH, encrypted', openSsh('aes256-ctr'), true],
    ['OpenSSH', openSsh('none'), false],
    ['PuTTY, encrypted', 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n', true],
    ['PuTTY', 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n', false],
    ['nothing known', 'hello', false],
  ];
  test.each(keys)('a key in the form %s is asked about when it is locked', async (_form, text, locked) => {
    const world = { answers: ['open'], files: { '/here/k': text } };
    const run = await typed(
      'credstore credentials update s a --privatekeypath k',
      'credentials.update',
      world,
    );
    expect(run.asked).toEqual(locked ? ['Passphrase of k: '] : []);
    const ssh = 'tls add nginx --name w --connection_type ssh --host h --user u --ssh_key_path k'.split(' ');
    expect((await typed(ssh, 'endpoints.add', world)).asked).toEqual(locked ? ['Passphrase of k: '] : []);
  });

  test('a script is never asked', async () => {
    expect((await typed(vault, add)).asked).toEqual([]);
  });
});

test('secrets on the command line are warned of, and their values are not repeated', async () => {
  const line = 'credstore credentials add s a --password hunter2 --passphrase hunter3 --privatekeypath k';
  const { stdout, stderr } = await typed(line, 'credentials.add');
  expect(stderr.match(/^Warning: --\w+/gm)).toEqual(['Warning: --password', 'Warning: --passphrase']);
  expect(stdout + stderr).not.toMatch(/hunter[23]/);
});

describe('the list of credentials', () => {
  const all = Array.from({ length: 2500 }, (_, index) => `id-${String(index).padStart(5, '0')}`);
  const row = (id: string) => ({
    rowId: `cr_${id}`,
    storeId: 'cs_1',
    id,
    username: 'u',
    hasPassword: true,
    privateKey: null,
    usedBy: [],
    createdAt: 1,
    updatedAt: 1,
  });
  const paged = () =>
    scriptedClient({
      'credentials.list': ({ after, limit }: { after?: string; limit: number }) => {
        const rest = all.filter((id) => after === undefined || id > after);
        return { items: rest.slice(0, limit).map(row), total: all.length, more: rest.length > limit };
      },
    });

  test('is fetched in pages and printed whole', async () => {
    const { client, calls } = paged();
    const { stdout } = await cli(['credstore', 'credentials', 'list', 's'], { running: client });
    expect(calls.map(([, input]) => input)).toEqual([
      { storename: 's', limit: 1000 },
      { storename: 's', limit: 1000, after: 'id-00999' },
      { storename: 's', limit: 1000, after: 'id-01999' },
    ]);
    expect(stdout.match(/^id-/gm)).toHaveLength(2500);
    expect(stdout).toContain('••••');
  });

  test('is one JSON document, and a page when a limit was named', async () => {
    const json = await cli(['credstore', 'credentials', 'list', 's', '--json'], { running: paged().client });
    expect(JSON.parse(json.stdout)).toMatchObject({ total: 2500, more: false, items: { length: 2500 } });
    const page = await cli(['credstore', 'credentials', 'list', 's', '--limit', '2'], {
      running: paged().client,
    });
    expect(page.stdout.trimEnd().split('\n').at(-1)).toBe('2 of 2500. More: --after id-00001');
  });
});

describe('for people', () => {
  const store = {
    id: 'cs_1',
    name: 'vault1',
    kind: 'hashicorp',
    settings: {
      kind: 'hashicorp',
      vaultUrl: 'https://vault.example:8200',
      auth: { type: 'AppRoleSecret', roleId: 'r', wrapped: true },
      rootPath: 'secret',
      namespace: null,
      authMount: 'approle',
      trustedRootsPem: 'PEM',
      verify: 'web',
    },
    report: {
      ok: false,
      checks: [
        { name: 'connect', ok: true, sentence: 'It accepts connections.' },
        { name: 'log-in', ok: false, sentence: 'It refused the login.' },
      ],
      at: 1_000_000_000_000,
    },
    usedBy: [{ kind: 'endpoint', id: 'ep_1', name: 'web1', credentialId: 'servers/web1' }],
    credentials: null,
    createdAt: 1,
    updatedAt: 1,
  };
  const printed = async (line: string, path: string, answer: unknown, unicode = true) => {
    const { client } = scriptedClient({ [path]: answer });
    return cli(line.split(' '), { running: client, now: 1_000_000_000_000, unicode });
  };

  test('a store shows its settings, its users and the step that failed', async () => {
    const { stdout } = await printed('credstore show vault1', 'credentialStores.show', store);
    expect(stdout).toBe(`Name                 vault1
ID                   cs_1
Kind                 hashicorp
Vault URL            https://vault.example:8200
Authentication type  AppRoleSecret
Role ID              r
SecretID is wrapped  yes
Root path            secret
Verify with          web
Auth mount           approle
Trusted roots        system roots and custom roots
Used by:
  endpoint web1: servers/web1

The credential store cannot be used: it failed at the step log-in. Verified 2001-09-09 01:46 UTC (now):
  ✓ connect: It accepts connections.
  ✗ log-in: It refused the login.
`);
  });

  test('an endpoint says which credential of which store it logs in with, by name', async () => {
    const connection = anSshConnection({
      auth: 'credential-store',
      user: '',
      store: 'cs_1',
      storeCredentialId: 'servers/web1',
    });
    const shown = { ...anEndpoint({ connection }), storeName: 'main vault' };
    const login = async (endpoint: typeof shown) =>
      /Logs in with +(.*)/.exec((await printed('tls show e', 'endpoints.show', endpoint)).stdout)?.[1];
    expect(await login(shown)).toBe(
      'credential "servers/web1" with its user name of credential store "main vault"',
    );
    const own = { ...connection, user: 'deploy' };
    expect(await login({ ...shown, connection: own })).toBe(
      'credential "servers/web1" of credential store "main vault"',
    );
  });

  test('a command to go on with can be copied as it stands, whatever the name of the store', async () => {
    const local = { ...store, name: 'my store', kind: 'local', settings: { kind: 'local' }, report: null };
    const add = ['credstore', 'add', 'local', '--storename', 'my store'];
    const { client } = scriptedClient({ 'credentialStores.add': local });
    const { stdout } = await cli(add, { running: client, now: 1_000_000_000_000 });
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/ --storename "my store" --id ID$/);
  });

  test('the list says where each is and what is wrong with it', async () => {
    const local = {
      ...store,
      id: 'cs_0',
      name: 'trustkeep-store',
      kind: 'local',
      settings: { kind: 'local' },
      report: null,
      usedBy: [],
      credentials: 3,
    };
    const { stdout } = await printed('credstore list', 'credentialStores.list', [local, store]);
    expect(
      stdout,
    ).toBe(`NAME             KIND       WHERE                              VERIFIED        CREDENTIALS  USED BY  ID
trustkeep-store  local      this agent                         -                         3  -        cs_0
vault1           hashicorp  https://vault.example:8200 secret  failed: log-in            -  web1     cs_1
`);
  });

  test('a verdict is the exit code', async () => {
    const verify = (ok: boolean) =>
      printed('credstore verify vault1', 'credentialStores.verify', { ...store.report, ok });
    expect((await verify(false)).code).toBe(1);
    expect((await verify(true)).code).toBe(0);
  });

  const view = {
    store: 'vault1',
    id: 'servers/web1',
    username: 'deploy',
    hasPassword: true,
    hasPrivateKey: true,
    hasPassphrase: true,
    keySentence: 'ssh-ed25519 SHA256:abc',
    about: ['version 3'],
    usedBy: [],
  };
  test('a credential is masked, and no longer than another', async () => {
    const { stdout } = await printed('credstore credentials get v a', 'credentials.get', view);
    expect(stdout).toBe(`Store        vault1
ID           servers/web1
User name    deploy
Password     ••••
Private key  ssh-ed25519 SHA256:abc
Passphrase   ••••
About        version 3
Used by      nobody
`);
    expect((await printed('credstore credentials get v a', 'credentials.get', view, false)).stdout).toContain(
      'Password     ****\n',
    );
  });

  test('a revealed one is as it is, spaces at its end included', async () => {
    const revealed = { username: 'u', password: ' p ', privateKey: 'BEGIN\nEND\n', passphrase: null };
    const { stdout } = await printed('credstore credentials reveal v a', 'credentials.reveal', revealed);
    expect(stdout).toBe('User name   u\nPassword     p \nPrivate key\nBEGIN\nEND\n');
  });

  test.each([
    ['not-chosen', null, /secrets choose key-file\n.*secrets choose passphrase/],
    ['locked', 'passphrase', /While an agent runs: trustkeep secrets unlock --passphrase-prompt\n$/],
    ['locked', 'os-keychain', /trustkeep secrets unlock\n$/],
    ['unavailable', 'os-keychain', /secrets unlock\n.*secrets recover --recovery_key-prompt\n$/],
    ['missing', 'key-file', /secrets unlock\n.*secrets recover --recovery_key-prompt\n$/],
    ['ready', 'key-file', /It is so\.\n$/],
  ])('a master key that is %s (%s) comes with what to do', async (state, kind, expected) => {
    const keychain = { kind, state, sentence: 'It is so.', recoveryKeyWaiting: false };
    expect((await printed('secrets state', 'secrets.state', keychain)).stdout).toMatch(expected);
  });

  test('rotation and backups say what was done', async () => {
    const keychain = { kind: 'os-keychain', state: 'ready', sentence: 'Safe.', recoveryKeyWaiting: true };
    const rotated = await printed('secrets rotate', 'secrets.rotate', { ...keychain, resealed: 1 });
    expect(rotated.stdout).toContain('The master key was replaced, and 1 secret was encrypted again.');
    expect(rotated.stdout).toContain('The previous recovery key no longer works.');
    expect(rotated.stdout).toContain('trustkeep secrets recovery-key');
    const made = { path: '/b', bytes: 7, sentence: 'It is written.' };
    const line = 'backup create /b --passphrase correct-horse-battery';
    expect((await printed(line, 'backups.create', made)).stdout).toBe(
      'It is written.\nFile  /b\nSize  7 bytes\n',
    );
    const back = { madeAt: 1_000_000_000_000, sentence: 'It takes its place.' };
    expect((await printed(line.replace('create', 'restore'), 'backups.restore', back)).stdout).toContain(
      'Backup of  2001-09-09 01:46 UTC (now)',
    );
  });
});

test('an agent of our own fetches the key for what is sealed, and works only where something changes', async () => {
  const answers = {
    'credentials.get': new Failure('x', 'Enough.'),
    'proxy.test': new Failure('x', 'Enough.'),
    'credentialStores.verify': new Failure('x', 'Enough.'),
    'credentials.list': new Failure('x', 'Enough.'),
  };
  const own = async (line: string) =>
    (await cli(line.split(' '), { own: scriptedClient(answers).client })).own.slice(1);
  expect(await own('credstore credentials get s a')).toEqual(['unlocked', 'stopped']);
  expect(await own('proxy test')).toEqual(['unlocked', 'stopped']);
  expect(await own('credstore verify s')).toEqual(['started', 'stopped']);
  expect(await own('credstore credentials list s')).toEqual(['stopped']);
});
