import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { startAgent, type TestAgent } from '#test/make/agent.ts';
import { cli } from '#test/make/cli.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { have } from '#test/servers/available.ts';
import { type CcpStrict, startCcpStrict } from '#test/servers/ccp-strict.ts';
import { type ClientCa, makeClientCa } from '#test/servers/client-certificates.ts';
import type { SecretServerStrict } from '#test/servers/secret-server-script.ts';
import { startSecretServerStrict } from '#test/servers/secret-server-strict.ts';
import { haveSquid, type RunningSquid, startSquid } from '#test/servers/squid.ts';
import { fixtureOverApi, type VaultFixture } from '#test/servers/vault-fixture.ts';
import { startVault, type VaultServer } from '#test/servers/vault-strict.ts';
import { type Http, makeHttp } from '../../../electron/net/http.ts';

/** The documented lines as they stand; what is in <…> or […] is filled in, and ours is the program's name. */
const docs = {
  addLocal: 'credstore add local --storename <store-name>',
  addToken:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype Token --token <token> --rootpath <root-path> --verify <path-of-secret>',
  addRoleSecret:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype AppRoleSecret --roleid <role-id> --secretid <secret-id> --appwrapped [Yes/No] --rootpath <root-path> --verify <path-of-secret>',
  addRoleFile:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype AppRoleFile --roleid <role-id> --secretfile <secret-file> --appwrapped [Yes/No] --rootpath <root-path> --verify <path-of-secret>',
  addCyberark:
    'credstore add cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url> --verify <query-string>',
  addCyberarkCert:
    'credstore add cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url>  --authcert <authcert-file-path> --certpass <password-of-authcert> --verify <query-string>',
  addDelinea:
    'credstore add delinea-secret-server --storename <store-name> --url <server-url> --username <username> --password <password>  --verify <secret-id>',
  addCredential:
    'credstore credentials add --storename <store-name> --id <id> --username <username> --password <password> --privatekeypath <private-key-path> --passphrase <passphrase>',
  updateCredential:
    'credstore credentials update --storename <store-name> --id <id> --username <username> --password <password> --privatekeypath <private-key-path> --passphrase <passphrase>',
  removeCredential: 'credstore credentials remove --storename <store-name> --id <id>',
  updateHashicorp:
    'credstore update hashicorp --storename <store-name> --vaulturl <vault-url> --authtype <Token/AppRoleSecret/AppRoleFile> --token <token> --rootpath <root-path> --roleid <role-id> --secretid <secret-id> --secretfile <secret-file> --appwrapped <Yes/No> --verify <path-of-secret>',
  updateCyberark:
    'credstore update cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url>  --authcert <authcert-file-path> --certpass <password-of-authcert> --verify <query-string>',
  updateDelinea:
    'credstore update delinea-secret-server -storename <store-name> --url <server-url> --username <username> --password <password>  --verify <secret-id>',
  list: 'credstore list',
  listCredentials: 'credstore credentials list --storename <store-name>',
  getCredential: 'credstore credentials get --storename <store-name> --id <id>',
  remove: 'credstore remove -storename <name>',
  proxyGet: 'proxy get',
  proxyClear: 'proxy set',
  proxyPac: 'proxy set --pacurl <pac-url>',
  proxyHost: 'proxy set --host <host> --port <port>',
  proxyLogin:
    'proxy set --host <host> --port <port> --domain <domain> --user <username> --password <password>',
} as const;
type Line = keyof typeof docs;
type Filling = Record<string, string>;

function words(line: Line, filling: Filling): string[] {
  return docs[line]
    .split(/ +/)
    .map((word) => (/^[<[]/.test(word) ? (filling[word.slice(1, -1)] ?? unfilled(line, word)) : word));
}

function unfilled(line: Line, word: string): never {
  throw new Error(`${line}: nothing to put in the place of ${word}`);
}

const marker = 'S33d-marked';
const secret = (name: string) => `${marker}-${name}`;

describe.skipIf(!have('openssl'))('every documented line of credential stores', () => {
  const directory = tempDirectory('seed-commands');
  const path = (name: string) => join(directory.path, name);
  let agent: TestAgent;
  let vault: VaultServer;
  let fixture: VaultFixture;
  let ccp: CcpStrict;
  let clients: ClientCa;
  let secretServer: SecretServerStrict;
  let http: Http;
  let pfx: { file: string; serial: string };
  let roleId: string;
  let token: string;
  let output = '';

  beforeAll(async () => {
    vault = await startVault({ tls: false });
    fixture = fixtureOverApi({ ...vault, token: vault.rootToken, prefix: 'seed' });
    await fixture.mountKv('kv', 2);
    await fixture.put('kv', 2, 'servers/web1', { username: 'deploy', password: secret('kv') });
    await fixture.enableAppRole('approle');
    ({ roleId } = await fixture.makeRole('approle', 'agent', { rules: { 'kv/*': ['read'] } }));
    token = await fixture.makeToken({ rules: { 'kv/*': ['read'] } });
    clients = await makeClientCa();
    pfx = await clients.pfx('agent', secret('pfx'));
    ccp = await startCcpStrict({
      applications: {
        ByAddress: { safes: ['Web'] },
        ByCert: { safes: ['Web'], certificateSerial: pfx.serial },
      },
      accounts: [{ Safe: 'Web', Folder: 'Root', Name: 'web1', UserName: 'root', Content: secret('ccp') }],
      clientCertificates: 'ask',
      clientCaPem: clients.caPem,
    });
    secretServer = await startSecretServerStrict({
      users: { agent: { password: secret('login') } },
      secrets: [
        {
          id: 12,
          path: '\\Servers\\web1',
          items: [
            { slug: 'username', value: 'root' },
            { slug: 'password', value: secret('item'), isPassword: true },
          ],
        },
      ],
    });
    http = trusting([ccp.caPem, secretServer.caPem]);
    agent = await startAgent({
      dataDirectory: path('data'),
      overrides: { storeTools: { http: () => http } },
    });
  });
  afterAll(async () => {
    await agent?.close();
    await http?.close();
    await vault?.stop();
    await ccp?.stop();
    await secretServer?.stop();
    await clients?.remove();
    directory.remove();
  });

  /** A machine that trusts the private CAs, since the documented lines name none. */
  function trusting(roots: readonly string[]): Http {
    const made = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log: silentLog });
    const trusted = { trustedRootsPem: roots.join('\n') };
    return {
      ...made,
      request: (input) => made.request({ ...input, ...trusted }),
      reach: (input) => made.reach({ ...input, ...trusted }),
      close: () => made.close(),
    };
  }

  async function type(line: Line, filling: Filling = {}) {
    const run = await cli(words(line, filling), { running: agent.call });
    output += run.stdout + run.stderr;
    return run;
  }

  async function carriedOut(line: Line, filling: Filling = {}): Promise<string> {
    const { code, stdout, stderr } = await type(line, filling);
    expect({ code, stderr: stderr.replace(/^(Warning|Note): .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  const show = (storename: string) => agent.call.credentialStores.show({ storename });
  const sealed = async (storename: string) => agent.database.secrets.list((await show(storename)).id).sort();
  const inVault = () => ({
    'vault-url': vault.url,
    'root-path': 'kv/servers',
    'path-of-secret': 'web1',
    token,
    'role-id': roleId,
  });
  const inCcp = () => ({ 'ccp-url': ccp.url, 'query-string': 'Safe=Web;Object=web1' });
  const inSecretServer = () => ({
    'server-url': secretServer.url,
    username: 'agent',
    password: secret('login'),
    'secret-id': '12',
  });
  const pfxLogin = () => ({ 'authcert-file-path': pfx.file, 'password-of-authcert': secret('pfx') });

  describe('adds', () => {
    test('a local store', async () => {
      expect(await carriedOut('addLocal', { 'store-name': 'own' })).toMatch(
        /^Credential store own was added\. ID: cs_/,
      );
    });

    test('a Vault by token', async () => {
      expect(await carriedOut('addToken', { 'store-name': 'by-token', ...inVault() })).toContain('✓ read:');
      expect(await sealed('by-token')).toEqual(['token', 'token-was-good']);
    });

    test.each(['No', 'Yes'])('a Vault by AppRole, wrapped: %s', async (wrapped) => {
      const made = wrapped === 'Yes' ? fixture.makeWrappedSecretId : fixture.makeSecretId;
      const filling = {
        ...inVault(),
        'store-name': `by-role-${wrapped}`,
        'secret-id': await made('approle', 'agent'),
        'Yes/No': wrapped,
      };
      expect(await carriedOut('addRoleSecret', filling)).toContain('✓ read:');
      expect(await sealed(`by-role-${wrapped}`)).toEqual(['secret-id']);
    });

    test.each(['No', 'Yes'])('a Vault by AppRole from a file, wrapped: %s', async (wrapped) => {
      const file = path(`secret-${wrapped}`);
      const made = wrapped === 'Yes' ? fixture.makeWrappedSecretId : fixture.makeSecretId;
      writeFileSync(file, `${await made('approle', 'agent')}\n`);
      const name = `by-file-${wrapped}`;
      const filling = { ...inVault(), 'store-name': name, 'secret-file': file, 'Yes/No': wrapped };
      expect(await carriedOut('addRoleFile', filling)).toContain('✓ read:');
      expect(await sealed(name)).toEqual(wrapped === 'Yes' ? ['secret-id'] : []);
    });

    test('CyberArk by the address of this machine', async () => {
      const filling = { 'store-name': 'ccp', 'app-id': 'ByAddress', ...inCcp() };
      expect(await carriedOut('addCyberark', filling)).toContain('✓ read:');
      expect(await sealed('ccp')).toEqual([]);
    });

    test('CyberArk by certificate', async () => {
      const filling = { 'store-name': 'ccp-cert', 'app-id': 'ByCert', ...inCcp(), ...pfxLogin() };
      expect(await carriedOut('addCyberarkCert', filling)).toContain('✓ read:');
      expect(await sealed('ccp-cert')).toEqual(['client-certificate', 'client-key']);
    });

    test('a Secret Server', async () => {
      expect(await carriedOut('addDelinea', { 'store-name': 'ss', ...inSecretServer() })).toContain(
        '✓ read:',
      );
      expect(await sealed('ss')).toEqual(['password']);
    });
  });

  describe('shows', () => {
    test('all stores', async () => {
      const names = ['trustkeep-store', 'own', 'by-token', 'ccp-cert', 'ss'];
      const stdout = await carriedOut('list');
      for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
    });

    const held: [string, string, string][] = [
      ['by-token', 'web1', 'deploy'],
      ['by-role-Yes', 'web1', 'deploy'],
      ['by-file-Yes', 'web1', 'deploy'],
      ['ccp', 'Safe=Web;Object=web1', 'root'],
      ['ccp-cert', 'Safe=Web;Object=web1', 'root'],
      ['ss', '12', 'root'],
    ];
    test.each(held)('the credential of %s named %s, masked', async (store, id, user) => {
      const stdout = await carriedOut('getCredential', { 'store-name': store, id });
      expect(stdout).toMatch(new RegExp(`^User name +${user}$`, 'm'));
      expect(stdout).toMatch(/^Password +••••$/m);
    });
  });

  describe('keeps credentials', () => {
    const key = (name: string, passphrase: string) => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const cipher = 'aes-256-cbc';
      writeFileSync(path(name), privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }));
      return { 'private-key-path': path(name), passphrase };
    };
    const named = { 'store-name': 'trustkeep-store', id: 'web1', username: 'deploy' };

    test('with password, key and passphrase', async () => {
      const filling = { ...named, password: secret('own'), ...key('id1', secret('phrase')) };
      expect(await carriedOut('addCredential', filling)).toMatch(
        /^Credential web1 was added\.\nPrivate key: ssh-ed25519 SHA256:/,
      );
    });

    test('and changes them', async () => {
      const filling = {
        ...named,
        username: 'other',
        password: secret('new'),
        ...key('id2', secret('new-phrase')),
      };
      expect(await carriedOut('updateCredential', filling)).toMatch(/^Credential web1 was changed\./);
      const revealed = await agent.call.credentials.reveal({ storename: 'trustkeep-store', id: 'web1' });
      expect(revealed).toMatchObject({
        username: 'other',
        password: secret('new'),
        passphrase: secret('new-phrase'),
      });
    });

    test('lists and shows them', async () => {
      expect(await carriedOut('listCredentials', named)).toMatch(/^web1 +other +•••• +ssh-ed25519 +SHA256:/m);
      expect(await carriedOut('getCredential', named)).toMatch(/^Passphrase +••••$/m);
    });

    test('removes them', async () => {
      expect(await carriedOut('removeCredential', named)).toBe('The credential was removed.\n');
      const { code, stderr } = await type('getCredential', named);
      expect(code).toBe(5);
      expect(stderr).toMatch(/^The store "trustkeep-store" has no credential "web1"\.\n/);
    });
  });

  describe('changes', () => {
    const types: [string, string, string[]][] = [
      ['AppRoleSecret', 'No', ['secret-id']],
      ['AppRoleFile', 'No', []],
      ['AppRoleSecret', 'Yes', ['secret-id']],
      ['AppRoleFile', 'Yes', ['secret-id']],
      ['Token', 'No', ['token', 'token-was-good']],
    ];
    test.each(types)(
      'a Vault to %s, wrapped: %s, with every option named',
      async (authtype, wrapped, kept) => {
        const made = wrapped === 'Yes' ? fixture.makeWrappedSecretId : fixture.makeSecretId;
        const file = path(`secret-${authtype}-${wrapped}`);
        writeFileSync(file, await made('approle', 'agent'));
        const filling = {
          ...inVault(),
          'store-name': 'by-token',
          'Token/AppRoleSecret/AppRoleFile': authtype,
          'Yes/No': wrapped,
          'secret-file': file,
          'secret-id': await made('approle', 'agent'),
        };
        expect(await carriedOut('updateHashicorp', filling)).toContain('✓ read:');
        expect(await sealed('by-token')).toEqual(kept);
        expect((await show('by-token')).settings).toMatchObject({ auth: { type: authtype } });
      },
    );

    test('CyberArk to a certificate', async () => {
      const filling = { 'store-name': 'ccp', 'app-id': 'ByCert', ...inCcp(), ...pfxLogin() };
      expect(await carriedOut('updateCyberark', filling)).toContain('✓ read:');
      expect((await show('ccp')).settings).toMatchObject({ appId: 'ByCert', hasCertificate: true });
    });

    test('CyberArk back to the address of this machine, which forgets the certificate', async () => {
      const line = 'credstore update ccp --appid ByAddress --clear authcert';
      const { stdout } = await cli(line.split(' '), { running: agent.call });
      expect(stdout).toContain('✓ read:');
      expect(await sealed('ccp')).toEqual([]);
      expect((await show('ccp')).settings).toMatchObject({ hasCertificate: false });
    });

    test('a Secret Server, its name with one dash', async () => {
      const filling = { 'store-name': 'ss', ...inSecretServer() };
      expect(await carriedOut('updateDelinea', filling)).toMatch(/^Credential store ss was changed\./);
    });
  });

  describe('is answered with one sentence, and nothing is changed', () => {
    const cert = () => ({ 'app-id': 'ByCert', ...inCcp(), ...pfxLogin() });
    const wrong: [string, Line, () => Filling, RegExp][] = [
      [
        'a name that is taken',
        'addLocal',
        () => ({ 'store-name': 'SS' }),
        /^There is already a credential store named "ss"\.$/,
      ],
      [
        'a name of 65 characters',
        'addLocal',
        () => ({ 'store-name': 'x'.repeat(65) }),
        /^Store name must be between 1 and 64 characters long\.$/,
      ],
      [
        'a token nobody knows',
        'addToken',
        () => ({ ...inVault(), 'store-name': 'new', token: 'hvs.unknown' }),
        /refused the token|token/,
      ],
      [
        'a SecretID nobody knows',
        'addRoleSecret',
        () => ({ ...inVault(), 'store-name': 'new', 'secret-id': 'none', 'Yes/No': 'No' }),
        /refused the AppRole login/,
      ],
      [
        'a secret file that is not there',
        'addRoleFile',
        () => ({ ...inVault(), 'store-name': 'new', 'secret-file': path('none'), 'Yes/No': 'No' }),
        /^The secret file .* does not exist\./,
      ],
      [
        'a port where nobody listens',
        'addToken',
        () => ({ ...inVault(), 'store-name': 'new', 'vault-url': 'https://127.0.0.1:1' }),
        /127\.0\.0\.1/,
      ],
      [
        'a PFX with another password',
        'addCyberarkCert',
        () => ({ ...cert(), 'store-name': 'new', 'password-of-authcert': 'other' }),
        /password/,
      ],
      [
        'a PFX that is not there',
        'addCyberarkCert',
        () => ({ ...cert(), 'store-name': 'new', 'authcert-file-path': path('none.pfx') }),
        /^There is no client certificate at /,
      ],
      [
        'an application nobody knows',
        'addCyberark',
        () => ({ ...inCcp(), 'store-name': 'new', 'app-id': 'Nobody' }),
        /Nobody/,
      ],
      [
        'a password that is wrong',
        'addDelinea',
        () => ({ ...inSecretServer(), 'store-name': 'new', password: secret('wrong') }),
        /refused/,
      ],
      [
        'an id with a slash',
        'addCredential',
        () => ({
          'store-name': 'own',
          id: 'a/b',
          username: 'u',
          password: 'p',
          'private-key-path': path('id1'),
          passphrase: 'x',
        }),
        /^The credential ID "a\/b" must not contain a slash/,
      ],
      [
        'a passphrase that is wrong',
        'addCredential',
        () => ({
          'store-name': 'own',
          id: 'a',
          username: 'u',
          password: 'p',
          'private-key-path': path('id1'),
          passphrase: 'x',
        }),
        /^The passphrase does not open the SSH private key/,
      ],
      [
        'another kind',
        'updateCyberark',
        () => ({ ...cert(), 'store-name': 'ss' }),
        /is of the kind delinea-secret-server, not cyberark\.$/,
      ],
      [
        'credentials of a vault',
        'listCredentials',
        () => ({ 'store-name': 'ss' }),
        /kept in a Secret Server, which Trustkeep only reads\.$/,
      ],
      [
        'a secret that is not there',
        'getCredential',
        () => ({ 'store-name': 'by-token', id: 'nowhere' }),
        /nowhere/,
      ],
      [
        'the default store',
        'remove',
        () => ({ name: 'trustkeep-store' }),
        /^The default store "trustkeep-store" cannot be removed\.$/,
      ],
    ];
    test.each(wrong)('%s', async (_what, line, filling, sentence) => {
      const before = await agent.call.credentialStores.list({});
      const { code, stdout, stderr } = await type(line, filling());
      const [said = ''] = stderr.replace(/^(Warning|Note): .*\n/gm, '').split('\n');
      expect(said).toMatch(sentence);
      expect(said).not.toContain(marker);
      expect({ code: code > 0, stdout }).toEqual({ code: true, stdout: '' });
      expect(await agent.call.credentialStores.list({})).toEqual(before);
    });

    test('a Vault that is sealed', async () => {
      vault.mode = 'sealed';
      const { stderr } = await type('addToken', { ...inVault(), 'store-name': 'new' });
      vault.mode = 'active';
      expect(stderr).toMatch(/sealed/);
      expect(stderr).toContain('Nothing was stored for "new".');
    });
  });

  test('a wrapping token that was used up by a refused login is not lost', async () => {
    const wrapped = await fixture.makeWrappedSecretId('approle', 'agent');
    const filling = { ...inVault(), 'store-name': 'saved', 'secret-id': wrapped, 'Yes/No': 'Yes' };
    const stdout = await carriedOut('addRoleSecret', { ...filling, 'role-id': 'another' });
    expect(stdout).toContain('It is stored anyway: its wrapping token is used up');
    expect(await sealed('saved')).toEqual(['secret-id']);
    const put = await cli(['credstore', 'update', 'saved', '--roleid', roleId], { running: agent.call });
    expect(put.stdout).toContain('✓ read:');
  });

  test.each(['own', 'by-token', 'by-role-Yes', 'by-file-No', 'ccp', 'ccp-cert', 'ss'])(
    'removes %s, its name with one dash',
    async (name) => {
      const { id } = await show(name);
      expect(await carriedOut('remove', { name })).toBe('The credential store was removed.\n');
      expect(agent.database.secrets.list(id)).toEqual([]);
    },
  );

  test('no server noticed anything odd, and no secret was printed or written to the audit', () => {
    expect([...vault.incidents, ...ccp.incidents]).toEqual([]);
    // the login that was refused above is the only one that a careful client does not do
    expect(secretServer.incidents).toEqual([]);
    const audit = agent.database.audit.list(undefined, 1000);
    expect(audit.length).toBeGreaterThan(30);
    expect(output + JSON.stringify(audit)).not.toContain(marker);
    expect(output + JSON.stringify(audit)).not.toContain(token);
  });
});

describe.skipIf(!haveSquid())('every documented line of the proxy', () => {
  const directory = tempDirectory('seed-proxy');
  let agent: TestAgent;
  let open: RunningSquid;
  let squid: RunningSquid;
  let pac: Server;

  beforeAll(async () => {
    [open, squid] = await Promise.all([startSquid({ auth: 'none' }), startSquid({ auth: 'ntlm' })]);
    pac = createServer((_request, response) => {
      const body = 'function FindProxyForURL() { return "DIRECT"; }';
      response.setHeader('content-type', 'application/x-ns-proxy-autoconfig').end(body);
    });
    await new Promise<void>((resolve) => pac.listen(0, '127.0.0.1', resolve));
    agent = await startAgent({ dataDirectory: join(directory.path, 'data') });
  });
  afterAll(async () => {
    await agent?.close();
    await open?.stop();
    await squid?.stop();
    await new Promise((resolve) => pac?.close(resolve) ?? resolve(null));
    directory.remove();
  });

  const lines: [Line, () => Filling, Record<string, unknown>][] = [
    ['proxyGet', () => ({}), { mode: 'none' }],
    [
      'proxyPac',
      () => ({ 'pac-url': `http://127.0.0.1:${(pac.address() as AddressInfo).port}/proxy.pac` }),
      { mode: 'pac', user: null },
    ],
    [
      'proxyHost',
      () => ({ host: '127.0.0.1', port: String(open.port) }),
      { mode: 'manual', host: '127.0.0.1', user: null, domain: null },
    ],
    [
      'proxyLogin',
      () => ({
        host: '127.0.0.1',
        port: String(squid.port),
        domain: 'CORP',
        username: 'ann',
        password: secret('proxy'),
      }),
      { mode: 'manual', user: 'ann', domain: 'CORP' },
    ],
    ['proxyGet', () => ({}), { mode: 'manual', user: 'ann', domain: 'CORP' }],
    ['proxyClear', () => ({}), { mode: 'none' }],
  ];
  test.each(lines)('%s', async (line, filling, route) => {
    const { code, stdout, stderr } = await cli(words(line, filling()), { running: agent.call });
    expect({ code, stderr: stderr.replace(/^Warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(marker);
    expect((await agent.call.proxy.get({})).route).toMatchObject(route);
  });
});
