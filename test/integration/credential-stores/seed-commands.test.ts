import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli } from '#test/make/cli.ts';
import { have } from '#test/servers/available.ts';
import { marker, secret } from './seed-lines.ts';
import { refusedLines } from './seed-refused.ts';
import { type SeedWorld, startSeedWorld } from './seed-world.ts';

describe.skipIf(!have('openssl'))('every documented line of credential stores', () => {
  let world: SeedWorld;
  beforeAll(async () => {
    world = await startSeedWorld();
  });
  afterAll(() => world?.stop());

  describe('adds', () => {
    test('a local store', async () => {
      expect(await world.carriedOut('addLocal', { 'store-name': 'own' })).toMatch(
        /^Credential store own was added\. ID: cs_/,
      );
    });

    test('a Vault by token', async () => {
      expect(await world.carriedOut('addToken', { 'store-name': 'by-token', ...world.inVault() })).toContain(
        '✓ read:',
      );
      expect(await world.sealed('by-token')).toEqual(['token', 'token-was-good']);
    });

    test.each(['No', 'Yes'])('a Vault by AppRole, wrapped: %s', async (wrapped) => {
      const filling = {
        ...world.inVault(),
        'store-name': `by-role-${wrapped}`,
        'secret-id': await world.secretId(wrapped),
        'Yes/No': wrapped,
      };
      expect(await world.carriedOut('addRoleSecret', filling)).toContain('✓ read:');
      expect(await world.sealed(`by-role-${wrapped}`)).toEqual(['secret-id']);
    });

    test.each(['No', 'Yes'])('a Vault by AppRole from a file, wrapped: %s', async (wrapped) => {
      const file = world.path(`secret-${wrapped}`);
      writeFileSync(file, `${await world.secretId(wrapped)}\n`);
      const name = `by-file-${wrapped}`;
      const filling = { ...world.inVault(), 'store-name': name, 'secret-file': file, 'Yes/No': wrapped };
      expect(await world.carriedOut('addRoleFile', filling)).toContain('✓ read:');
      expect(await world.sealed(name)).toEqual(wrapped === 'Yes' ? ['secret-id'] : []);
    });

    test('CyberArk by the address of this machine', async () => {
      const filling = { 'store-name': 'ccp', 'app-id': 'ByAddress', ...world.inCcp() };
      expect(await world.carriedOut('addCyberark', filling)).toContain('✓ read:');
      expect(await world.sealed('ccp')).toEqual([]);
    });

    test('CyberArk by certificate', async () => {
      const filling = { 'store-name': 'ccp-cert', 'app-id': 'ByCert', ...world.inCcp(), ...world.pfxLogin() };
      expect(await world.carriedOut('addCyberarkCert', filling)).toContain('✓ read:');
      expect(await world.sealed('ccp-cert')).toEqual(['client-certificate', 'client-key']);
    });

    test('a Secret Server', async () => {
      expect(
        await world.carriedOut('addDelinea', { 'store-name': 'ss', ...world.inSecretServer() }),
      ).toContain('✓ read:');
      expect(await world.sealed('ss')).toEqual(['password']);
    });
  });

  describe('shows', () => {
    test('all stores', async () => {
      const names = ['trustkeep-store', 'own', 'by-token', 'ccp-cert', 'ss'];
      const stdout = await world.carriedOut('list');
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
      const stdout = await world.carriedOut('getCredential', { 'store-name': store, id });
      expect(stdout).toMatch(new RegExp(`^User name +${user}$`, 'm'));
      expect(stdout).toMatch(/^Password +••••$/m);
    });
  });

  describe('keeps credentials', () => {
    const key = (name: string, passphrase: string) => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const cipher = 'aes-256-cbc';
      writeFileSync(
        world.path(name),
        privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }),
      );
      return { 'private-key-path': world.path(name), passphrase };
    };
    const named = { 'store-name': 'trustkeep-store', id: 'web1', username: 'deploy' };

    test('with password, key and passphrase', async () => {
      const filling = { ...named, password: secret('own'), ...key('id1', secret('phrase')) };
      expect(await world.carriedOut('addCredential', filling)).toMatch(
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
      expect(await world.carriedOut('updateCredential', filling)).toMatch(/^Credential web1 was changed\./);
      const revealed = await world.agent.call.credentials.reveal({
        storename: 'trustkeep-store',
        id: 'web1',
      });
      expect(revealed).toMatchObject({
        username: 'other',
        password: secret('new'),
        passphrase: secret('new-phrase'),
      });
    });

    test('lists and shows them', async () => {
      expect(await world.carriedOut('listCredentials', named)).toMatch(
        /^web1 +other +•••• +ssh-ed25519 +SHA256:/m,
      );
      expect(await world.carriedOut('getCredential', named)).toMatch(/^Passphrase +••••$/m);
    });

    test('removes them', async () => {
      expect(await world.carriedOut('removeCredential', named)).toBe('The credential was removed.\n');
      const { code, stderr } = await world.type('getCredential', named);
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
        const file = world.path(`secret-${authtype}-${wrapped}`);
        writeFileSync(file, await world.secretId(wrapped));
        const filling = {
          ...world.inVault(),
          'store-name': 'by-token',
          'Token/AppRoleSecret/AppRoleFile': authtype,
          'Yes/No': wrapped,
          'secret-file': file,
          'secret-id': await world.secretId(wrapped),
        };
        expect(await world.carriedOut('updateHashicorp', filling)).toContain('✓ read:');
        expect(await world.sealed('by-token')).toEqual(kept);
        expect((await world.show('by-token')).settings).toMatchObject({ auth: { type: authtype } });
      },
    );

    test('CyberArk to a certificate', async () => {
      const filling = { 'store-name': 'ccp', 'app-id': 'ByCert', ...world.inCcp(), ...world.pfxLogin() };
      expect(await world.carriedOut('updateCyberark', filling)).toContain('✓ read:');
      expect((await world.show('ccp')).settings).toMatchObject({ appId: 'ByCert', hasCertificate: true });
    });

    test('CyberArk back to the address of this machine, which forgets the certificate', async () => {
      const line = 'credstore update ccp --appid ByAddress --clear authcert';
      const { stdout } = await cli(line.split(' '), { running: world.agent.call });
      expect(stdout).toContain('✓ read:');
      expect(await world.sealed('ccp')).toEqual([]);
      expect((await world.show('ccp')).settings).toMatchObject({ hasCertificate: false });
    });

    test('a Secret Server, its name with one dash', async () => {
      const filling = { 'store-name': 'ss', ...world.inSecretServer() };
      expect(await world.carriedOut('updateDelinea', filling)).toMatch(/^Credential store ss was changed\./);
    });
  });

  describe('is answered with one sentence, and nothing is changed', () => {
    test.each(refusedLines)('%s', async (_what, line, filling, sentence) => {
      const before = await world.agent.call.credentialStores.list({});
      const { code, stdout, stderr } = await world.type(line, filling(world));
      const [said = ''] = stderr.replace(/^(Warning|Note): .*\n/gm, '').split('\n');
      expect(said).toMatch(sentence);
      expect(said).not.toContain(marker);
      expect({ code: code > 0, stdout }).toEqual({ code: true, stdout: '' });
      expect(await world.agent.call.credentialStores.list({})).toEqual(before);
    });

    test('a Vault that is sealed', async () => {
      world.peers.vault.mode = 'sealed';
      const { stderr } = await world.type('addToken', { ...world.inVault(), 'store-name': 'new' });
      world.peers.vault.mode = 'active';
      expect(stderr).toMatch(/sealed/);
      expect(stderr).toContain('Nothing was stored for "new".');
    });
  });

  test('a wrapping token that was used up by a refused login is not lost', async () => {
    const wrapped = await world.secretId('Yes');
    const filling = { ...world.inVault(), 'store-name': 'saved', 'secret-id': wrapped, 'Yes/No': 'Yes' };
    const stdout = await world.carriedOut('addRoleSecret', { ...filling, 'role-id': 'another' });
    expect(stdout).toContain('It is stored anyway: its wrapping token is used up');
    expect(await world.sealed('saved')).toEqual(['secret-id']);
    const put = await cli(['credstore', 'update', 'saved', '--roleid', world.peers.roleId], {
      running: world.agent.call,
    });
    expect(put.stdout).toContain('✓ read:');
  });

  test.each(['own', 'by-token', 'by-role-Yes', 'by-file-No', 'ccp', 'ccp-cert', 'ss'])(
    'removes %s, its name with one dash',
    async (name) => {
      const { id } = await world.show(name);
      expect(await world.carriedOut('remove', { name })).toBe('The credential store was removed.\n');
      expect(world.agent.database.secrets.list(id)).toEqual([]);
    },
  );

  test('no server noticed anything odd, and no secret was printed or written to the audit', () => {
    expect([...world.peers.vault.incidents, ...world.peers.ccp.incidents]).toEqual([]);
    // the login that was refused above is the only one that a careful client does not do
    expect(world.peers.secretServer.incidents).toEqual([]);
    const audit = world.agent.database.audit.list(undefined, 1000);
    expect(audit.length).toBeGreaterThan(30);
    expect(world.output + JSON.stringify(audit)).not.toContain(marker);
    expect(world.output + JSON.stringify(audit)).not.toContain(world.peers.token);
  });
});
