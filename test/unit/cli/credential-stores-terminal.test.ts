import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { typed, update } from './credential-store-lines.ts';

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
      'tls add p12 --name s --path k.p12',
      'endpoints.add',
      ['Store password: '],
      { path: '/here/k.p12', store_password: 'answer' },
    ],
    [
      'tls add jks --name s --path k.jks --store_password_store v --store_password_cred_id i',
      'endpoints.add',
      [],
      { store_password_store: 'v', store_password_cred_id: 'i' },
    ],
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
