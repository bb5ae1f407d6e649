import { chownSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { type Peers, startPeers, typed } from './credential-peers.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

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
    let recoveryKey = '';

    beforeAll(async () => {
      [site, sshd] = await Promise.all([startSite(), startSshd()]);
      peers = await startPeers({ username: sshd.user, privateKey: sshd.privateKeyPem });
      app = await launchApp();
      page = await app.page();
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

    const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();
    const dialog = () => page.locator('[role=dialog], [role=alertdialog]').last();
    const field = (name: string) => dialog().locator(`[data-field=${name}]`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const send = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
    const picture = (name: string) => app.screenshot(`credentials-${name}`);
    const title = (name: string) => page.getByRole('heading', { name, exact: true }).first().waitFor();

    /** A file of ours where the user of the application can read it. */
    function lent(path: string, name: string): string {
      const copy = join(app.dataDirectory, name);
      copyFileSync(path, copy);
      if (app.account !== null) chownSync(copy, app.account.uid, app.account.gid);
      return copy;
    }

    async function readRecoveryKey(): Promise<string> {
      await button('Show recovery key').click();
      const key = await page.locator('[data-recovery-key]').innerText();
      await page.getByRole('checkbox', { name: 'I have saved it' }).check();
      await button('Continue').click();
      return key;
    }

    /** Opens the form of a new credential store of a kind and trusts the private CA of its server. */
    async function addStore(kind: string, roots: string, values: Record<string, string>): Promise<void> {
      await go('Credential stores');
      await button('Add credential store').click();
      await dialog().getByRole('radio', { name: kind }).check();
      for (const [name, value] of Object.entries(values)) await field(name).fill(value);
      await dialog().getByText('Advanced').click();
      await field('trusted_roots').fill(roots);
    }

    /** Fills what every SSH endpoint of this test has, up to the choice of a credential store. */
    async function addEndpoint(name: string, store: string, credential: string): Promise<void> {
      await go('Endpoints');
      await button('Add endpoint').first().click();
      await field('name').fill(name);
      await field('nginx_config_path').fill(site.nginx.configPath);
      await field('connection_type').selectOption('ssh');
      await field('host').fill(sshd.host);
      await field('port').fill(String(sshd.port));
      await dialog().getByRole('radio', { name: 'Credential store' }).check();
      await field('store').selectOption(store);
      await field('store_cred_id').pressSequentially(credential);
    }

    test('finds a credential store that is there from the first start and cannot be removed', async () => {
      recoveryKey = await readRecoveryKey();
      await go('Credential stores');
      await page.getByText('trustkeep-store').first().click();
      await title('trustkeep-store');
      await page.getByText('No credentials yet').waitFor();
      expect(await button('Remove').count()).toBe(0);
      await picture('01-default-store');
    });

    test('keeps a private key in it, and is told what it is', async () => {
      await button('Add credential').first().click();
      await field('id').fill('web1-root');
      await field('username').fill(sshd.user);
      await field('privatekeypath').fill(lent(sshd.privateKeyPath, 'id_web1'));
      await picture('02-add-credential');
      await send('Add');
      await page.getByText('web1-root').first().click();
      await page.getByText(/ssh-ed25519 SHA256:/).waitFor();
      expect(await dialog().innerText()).toContain('trustkeep credstore credentials reveal');
      await picture('03-credential');
      await page.keyboard.press('Escape');
    });

    test('is told at which step a Vault refuses, and adds it when the token is right', async () => {
      const { vault } = peers;
      await addStore('HashiCorp Vault or OpenBao', vault.caPem ?? '', {
        ...{ storename: 'vault1', vaulturl: vault.url, token: 'hvs.typed-wrong' },
        ...{ rootpath: 'secret/servers', verify: 'web2' },
      });
      await send('Test and add');
      await dialog().locator('[data-failure]').waitFor();
      await picture('04-vault-refused');
      await field('token').fill(peers.token);
      await send('Test and add');
      await title('vault1');
      await button('Test').click();
      await page.getByText('All steps succeeded').waitFor();
      await picture('05-vault');
      expect(vault.incidents).toEqual([]);
    });

    test('looks a credential of the Vault up without seeing its secrets', async () => {
      await page.getByRole('tab', { name: 'Look up' }).click();
      await page.locator('[data-field=look-up]').fill('web2');
      await page.keyboard.press('Enter');
      await page.getByText(/ssh-ed25519 SHA256:/).waitFor();
      await picture('06-look-up');
      expect(await page.content()).not.toContain('PRIVATE KEY-----');
    });

    test('adds a CyberArk with a client certificate and a Secret Server with a password', async () => {
      await addStore('CyberArk', peers.ccp.caPem, {
        ...{ storename: 'cyberark1', appid: 'Trustkeep', ccpurl: peers.ccp.url },
        ...{
          authcert: lent(peers.pfxFile, 'agent.pfx'),
          certpass: typed.pfx,
          verify: 'Safe=Linux;Object=web3',
        },
      });
      await send('Test and add');
      await title('cyberark1');
      await addStore('Delinea Secret Server', peers.secretServer.caPem, {
        ...{ storename: 'delinea1', url: peers.secretServer.url, username: 'svc-trustkeep' },
        ...{ password: typed.login, verify: '12' },
      });
      await send('Test and add');
      await title('delinea1');
      await go('Credential stores');
      for (const name of ['cyberark1', 'delinea1', 'vault1', 'trustkeep-store'])
        await page.getByRole('link', { name }).first().waitFor();
      await picture('07-four-kinds');
      expect(peers.ccp.incidents).toEqual([]);
      expect(peers.secretServer.incidents).toEqual([]);
    });

    test('has endpoints log in with them, checking the credential first', async () => {
      await addEndpoint('web1', 'trustkeep-store', 'web1-r');
      await page.locator('.fui-Option', { hasText: 'web1-root' }).click();
      await send('Check');
      await dialog()
        .getByText(/Found: root, ssh-ed25519/)
        .waitFor();
      await picture('08-endpoint');
      await send('Add');
      await page.locator('[data-instance-id]').waitFor();
      await dialog().getByText('can be reached and managed').waitFor();
      await send('Open nodes');
      await page.getByText('shop.example').first().waitFor();
      await addEndpoint('web2', 'vault1', 'web2');
      await send('Add');
      await page.locator('[data-instance-id]').waitFor();
      await dialog().getByText('can be reached and managed').waitFor();
      await send('Open nodes');
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('link', { name: 'vault1' }).waitFor();
      await picture('09-endpoint-settings');
    });

    test('cannot remove what endpoints use, and is told by whom', async () => {
      await page.getByRole('link', { name: 'vault1' }).click();
      await title('vault1');
      await button('Remove').click();
      await send('Remove');
      expect(await dialog().locator('[data-failure="credential-store.in-use"]').innerText()).toContain(
        'web2',
      );
      await dialog().getByRole('link', { name: 'web2' }).waitFor();
      await picture('10-store-in-use');
      await send('Cancel');
      await go('Credential stores');
      await page.getByText('trustkeep-store').first().click();
      await page.getByText('web1-root').first().click();
      await send('Remove');
      await page.locator('[role=alertdialog]').waitFor();
      await send('Remove');
      expect(await dialog().locator('[data-failure="credential.in-use"]').innerText()).toContain('web1');
      await picture('11-credential-in-use');
      await send('Cancel');
      await page.locator('[role=alertdialog]').waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
    });

    test('rotates the master key, writes the new recovery key down, and all logins still work', async () => {
      await go('Settings');
      await button('Rotate master key…').click();
      await picture('12-rotate');
      await send('Rotate');
      await page.getByText(/encrypted again\. The previous recovery key/).waitFor();
      await picture('13-rotated');
      const key = await readRecoveryKey();
      expect(key).not.toBe(recoveryKey);
      recoveryKey = key;
      for (const name of ['web1', 'web2']) {
        await go('Endpoints');
        await page.getByText(name, { exact: true }).first().click();
        await button('Probe').click();
        await page.getByText('Can be reached and managed').waitFor();
      }
    });

    test('puts a proxy on trial, keeps it, and has the way through it examined', async ({ skip }) => {
      const { squid } = peers;
      if (squid === null) return skip('there is no Squid here');
      await go('Proxy');
      await page.getByRole('radio', { name: 'Manual proxy' }).check();
      const form = (name: string) => page.locator(`main [data-field=${name}]`);
      await form('host').fill('127.0.0.1');
      await form('port').fill(String(squid.port));
      await form('user').fill('ann');
      await form('password').fill(typed.proxy);
      await button('Save on trial for 60 s').click();
      await page.locator('[data-trial]').waitFor();
      await picture('14-proxy-trial');
      await go('Endpoints');
      await button('Keep it').click();
      await page.locator('[data-trial]').waitFor({ state: 'detached' });
      await go('Proxy');
      await expect.poll(() => form('port').inputValue(), patience).toBe(String(squid.port));
      await form('doctor-url').fill(peers.hidden);
      await button('Test connection').click();
      await page.locator('[data-report]').waitFor();
      const report = await page.locator('[data-report]').innerText();
      expect(report).toContain(`proxy 127.0.0.1:${squid.port}`);
      expect(report).toMatch(/Digest/);
      await page.locator('article').scrollIntoViewIfNeeded();
      await picture('15-proxy-doctor');
      // a tunnel is logged when it ends
      await expect
        .poll(() => squid.accessLog(), patience)
        .toContainEqual(expect.stringMatching(/^CONNECT inside\.trustkeep\.test.* ann$/));
    });

    test('makes a backup under a passphrase', async () => {
      const path = join(app.dataDirectory, 'everything.backup');
      await go('Settings');
      await button('Create backup…').click();
      await field('path').fill(path);
      await field('passphrase').fill(typed.backup);
      await field('passphrase-again').fill(typed.backup);
      await send('Create backup');
      await page.getByText(/The backup was created/).waitFor();
      expect(existsSync(path)).toBe(true);
      await picture('16-backup');
    });
  },
);
