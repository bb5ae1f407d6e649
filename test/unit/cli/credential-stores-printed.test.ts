import { describe, expect, test } from 'vitest';
import { cli, scriptedClient } from '#test/make/cli.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';

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

  test('an endpoint names its authority and its fall-back, and does not guess the key type of its next certificate', async () => {
    const shown = {
      ...anEndpoint(),
      storeName: null,
      secretStores: {},
      authorityName: 'letsencrypt',
      fallbackName: 'inside',
    };
    const { stdout } = await printed('tls show e', 'endpoints.show', shown);
    expect(stdout).toMatch(/^Authority +letsencrypt$/m);
    expect(stdout).toMatch(/^Fall-back authority +inside$/m);
    expect(stdout).toMatch(/^Key type +same as the current certificate$/m);
    const plain = { ...shown, authorityName: null, fallbackName: null };
    const { stdout: without } = await printed('tls show e', 'endpoints.show', plain);
    expect(without).toMatch(/^Authority +default$/m);
    expect(without).not.toContain('Fall-back');
  });

  test('an endpoint says which credential of which store it logs in with, by name', async () => {
    const connection = anSshConnection({
      auth: 'credential-store',
      user: '',
      store: 'cs_1',
      storeCredentialId: 'servers/web1',
    });
    const shown = { ...anEndpoint({ connection }), storeName: 'main vault', secretStores: {} };
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
