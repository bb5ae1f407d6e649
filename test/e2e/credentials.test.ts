import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { type Peers, startPeers, typed } from './credential-peers.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';
import { VaultPerson } from './vault-person.ts';

const electron = await electronForTests();
const patience = { timeout: 60_000 };

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())(
  'a person with vaults and a proxy',
  () => {
    let site: Site;
    let sshd: Sshd;
    let peers: Peers;
    let app: Launched;
    let page: Page;
    let person: VaultPerson;
    let recoveryKey = '';

    beforeAll(async () => {
      [site, sshd] = await Promise.all([startSite(), startSshd()]);
      peers = await startPeers({ username: sshd.user, privateKey: sshd.privateKeyPem });
      app = await launchApp();
      page = await app.page();
      person = new VaultPerson(app, page);
      page.setDefaultTimeout(patience.timeout);
      await page.setViewportSize({ width: 1180, height: 760 }).catch(() => {});
    });
    afterAll(async () => {
      await app?.stop();
      await peers?.stop();
      await sshd?.stop();
      await site?.nginx.stop();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await app.screenshot('credentials-failed');
    });

    const web = (name: string) => ({
      name,
      host: sshd.host,
      port: sshd.port,
      configPath: site.nginx.configPath,
    });

    test('finds a credential store that is there from the first start and cannot be removed', async () => {
      recoveryKey = await person.readRecoveryKey();
      await person.go('Credential stores');
      await page.getByText('trustkeep-store').first().click();
      await person.title('trustkeep-store');
      await page.getByText('No credentials yet').waitFor();
      expect(await person.button('Remove').count()).toBe(0);
      await person.picture('01-default-store');
    });

    test('keeps a private key in it, and is told what it is', async () => {
      await person.button('Add credential').first().click();
      await person.field('id').fill('web1-root');
      await person.field('username').fill(sshd.user);
      await person.field('privatekeypath').fill(person.lent(sshd.privateKeyPath, 'id_web1'));
      await person.picture('02-add-credential');
      await person.send('Add');
      await page.getByText('web1-root').first().click();
      await page.getByText(/ssh-ed25519 SHA256:/).waitFor();
      expect(await person.dialog().innerText()).toContain('trustkeep credstore credentials reveal');
      await person.picture('03-credential');
      await page.keyboard.press('Escape');
    });

    test('is told at which step a Vault refuses, and adds it when the token is right', async () => {
      const { vault } = peers;
      await person.addStore('HashiCorp Vault or OpenBao', vault.caPem ?? '', {
        ...{ storename: 'vault1', vaulturl: vault.url, token: 'hvs.typed-wrong' },
        ...{ rootpath: 'secret/servers', verify: 'web2' },
      });
      await person.send('Test and add');
      await person.dialog().locator('[data-failure]').waitFor();
      await person.picture('04-vault-refused');
      await person.field('token').fill(peers.token);
      await person.send('Test and add');
      await person.title('vault1');
      await person.button('Test').click();
      await page.getByText('All steps succeeded').waitFor();
      await person.picture('05-vault');
      expect(vault.incidents).toEqual([]);
    });

    test('looks a credential of the Vault up without seeing its secrets', async () => {
      await page.getByRole('tab', { name: 'Look up' }).click();
      await page.locator('[data-field=look-up]').fill('web2');
      await page.keyboard.press('Enter');
      await page.getByText(/ssh-ed25519 SHA256:/).waitFor();
      await person.picture('06-look-up');
      expect(await page.content()).not.toContain('PRIVATE KEY-----');
    });

    test('adds a CyberArk with a client certificate and a Secret Server with a password', async () => {
      await person.addStore('CyberArk', peers.ccp.caPem, {
        ...{ storename: 'cyberark1', appid: 'Trustkeep', ccpurl: peers.ccp.url },
        ...{
          authcert: person.lent(peers.pfxFile, 'agent.pfx'),
          certpass: typed.pfx,
          verify: 'Safe=Linux;Object=web3',
        },
      });
      await person.send('Test and add');
      await person.title('cyberark1');
      await person.addStore('Delinea Secret Server', peers.secretServer.caPem, {
        ...{ storename: 'delinea1', url: peers.secretServer.url, username: 'svc-trustkeep' },
        ...{ password: typed.login, verify: '12' },
      });
      await person.send('Test and add');
      await person.title('delinea1');
      await person.go('Credential stores');
      for (const name of ['cyberark1', 'delinea1', 'vault1', 'trustkeep-store'])
        await page.getByRole('link', { name }).first().waitFor();
      await person.picture('07-four-kinds');
      expect(peers.ccp.incidents).toEqual([]);
      expect(peers.secretServer.incidents).toEqual([]);
    });

    test('has endpoints log in with them, checking the credential first', async () => {
      await person.addEndpoint(web('web1'), 'trustkeep-store', 'web1-r');
      await page.locator('.fui-Option', { hasText: 'web1-root' }).click();
      await person.send('Check');
      await person
        .dialog()
        .getByText(/Found: root, ssh-ed25519/)
        .waitFor();
      await person.picture('08-endpoint');
      await person.send('Add');
      await page.locator('[data-instance-id]').waitFor();
      await person.dialog().getByText('can be reached and managed').waitFor();
      await person.send('Open nodes');
      await page.getByText('shop.example').first().waitFor();
      await person.addEndpoint(web('web2'), 'vault1', 'web2');
      await person.send('Add');
      await page.locator('[data-instance-id]').waitFor();
      await person.dialog().getByText('can be reached and managed').waitFor();
      await person.send('Open nodes');
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('link', { name: 'vault1' }).waitFor();
      await person.picture('09-endpoint-settings');
    });

    test('cannot remove what endpoints use, and is told by whom', async () => {
      await page.getByRole('link', { name: 'vault1' }).click();
      await person.title('vault1');
      await person.button('Remove').click();
      await person.send('Remove');
      expect(await person.dialog().locator('[data-failure="credential-store.in-use"]').innerText()).toContain(
        'web2',
      );
      await person.dialog().getByRole('link', { name: 'web2' }).waitFor();
      await person.picture('10-store-in-use');
      await person.send('Cancel');
      await person.go('Credential stores');
      await page.getByText('trustkeep-store').first().click();
      await page.getByText('web1-root').first().click();
      await person.send('Remove');
      await page.locator('[role=alertdialog]').waitFor();
      await person.send('Remove');
      expect(await person.dialog().locator('[data-failure="credential.in-use"]').innerText()).toContain(
        'web1',
      );
      await person.picture('11-credential-in-use');
      await person.send('Cancel');
      await page.locator('[role=alertdialog]').waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
    });

    test('rotates the master key, writes the new recovery key down, and all logins still work', async () => {
      await person.go('Settings');
      await person.button('Rotate master key…').click();
      await person.picture('12-rotate');
      await person.send('Rotate');
      await page.getByText(/encrypted again\. The previous recovery key/).waitFor();
      await person.picture('13-rotated');
      const key = await person.readRecoveryKey();
      expect(key).not.toBe(recoveryKey);
      recoveryKey = key;
      for (const name of ['web1', 'web2']) {
        await person.go('Endpoints');
        await page.getByText(name, { exact: true }).first().click();
        await person.button('Probe').click();
        await page.getByText('Can be reached and managed').waitFor();
      }
    });

    test('puts a proxy on trial, keeps it, and has the way through it examined', async ({ skip }) => {
      const { squid } = peers;
      if (squid === null) return skip('there is no Squid here');
      await person.go('Proxy');
      await page.getByRole('radio', { name: 'Manual proxy' }).check();
      const form = (name: string) => page.locator(`main [data-field=${name}]`);
      await form('host').fill('127.0.0.1');
      await form('port').fill(String(squid.port));
      await form('user').fill('ann');
      await form('password').fill(typed.proxy);
      await person.button('Save on trial for 60 s').click();
      await page.locator('[data-trial]').waitFor();
      await person.picture('14-proxy-trial');
      await person.go('Endpoints');
      await person.button('Keep it').click();
      await page.locator('[data-trial]').waitFor({ state: 'detached' });
      await person.go('Proxy');
      await expect.poll(() => form('port').inputValue(), patience).toBe(String(squid.port));
      await form('doctor-url').fill(peers.hidden);
      await person.button('Test connection').click();
      await page.locator('[data-report]').waitFor();
      const report = await page.locator('[data-report]').innerText();
      expect(report).toContain(`proxy 127.0.0.1:${squid.port}`);
      expect(report).toMatch(/Digest/);
      await page.locator('article').scrollIntoViewIfNeeded();
      await person.picture('15-proxy-doctor');
      // a tunnel is logged when it ends
      await expect
        .poll(() => squid.accessLog(), patience)
        .toContainEqual(expect.stringMatching(/^CONNECT inside\.trustkeep\.test.* ann$/));
    });

    test('makes a backup under a passphrase', async () => {
      const path = join(app.dataDirectory, 'everything.backup');
      await person.go('Settings');
      await person.button('Create backup…').click();
      await person.field('path').fill(path);
      await person.field('passphrase').fill(typed.backup);
      await person.field('passphrase-again').fill(typed.backup);
      await person.send('Create backup');
      await page.getByText(/The backup was created/).waitFor();
      expect(existsSync(path)).toBe(true);
      await person.picture('16-backup');
    });
  },
);
