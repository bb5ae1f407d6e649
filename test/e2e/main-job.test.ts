import { chownSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { choose } from './choose.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const patience = { timeout: 60_000 };

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())('a person at the desktop', () => {
  let site: Site;
  let sshd: Sshd;
  let desktop: Launched;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    sshd = await startSshd();
    desktop = await launchApp();
    page = await desktop.page();
    page.setDefaultTimeout(patience.timeout);
    await page.setViewportSize({ width: 1180, height: 760 }).catch(() => {});
  });
  afterAll(async () => {
    await desktop?.stop();
    await sshd?.stop();
    await site?.nginx.stop();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('main-failed');
  });

  /** The key file where the user of the application can read it. */
  function keyFile(): string {
    const path = join(desktop.dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, path);
    if (desktop.account !== null) chownSync(path, desktop.account.uid, desktop.account.gid);
    return path;
  }

  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();

  test('is shown the recovery key once, at the first start', async () => {
    await page.getByRole('button', { name: 'Show recovery key' }).click(patience);
    await desktop.screenshot('main-01-recovery-key');
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Add the first endpoint').waitFor(patience);
    await desktop.screenshot('main-02-first-start');
  });

  test('has each success told on its own', async () => {
    await go('Settings');
    const form = page.locator('form:has([data-field=digest_minutes])');
    await form.locator('[data-field=digest_minutes]').fill('0');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('button', { name: 'Save', disabled: true }).waitFor();
    await go('Overview');
  });

  test('adds an nginx over SSH and is told its instance id', async () => {
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Name/).fill('web1');
    await choose(dialog.getByLabel(/^Connection type/), 'ssh', 'SSH');
    await dialog.getByLabel(/^Host\*?$/).fill(sshd.host);
    await dialog.getByLabel(/^Port\*?$/).fill(String(sshd.port));
    await dialog.getByLabel(/^User\*?$/).fill(sshd.user);
    await dialog.getByRole('radio', { name: 'Private key' }).check();
    await dialog.getByLabel(/^SSH key path/).fill(keyFile());
    await dialog.getByLabel(/^nginx configuration file/).fill(site.nginx.configPath);
    await desktop.screenshot('main-03-add-endpoint');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    expect(await page.locator('[data-instance-id]').innerText()).toMatch(/^ep_[0-9a-z]{16}$/);
    await desktop.screenshot('main-04-added');
    await page.getByRole('button', { name: 'Open nodes' }).click();
  });

  test('sees the node it has, with the External certificate it serves', async () => {
    await page.getByText('shop.example').first().waitFor(patience);
    await page.getByText('External').first().waitFor(patience);
    await desktop.screenshot('main-05-nodes');
  });

  test('reads the plan of a request before anything is changed', async () => {
    const before = site.state();
    await page
      .getByRole('button', { name: /Request certificate for shop\.example|^Request$/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Names').first().waitFor(patience);
    await desktop.screenshot('main-06-request');
    await dialog.getByRole('button', { name: 'Request certificate', exact: true }).click();
    await go('Approvals');
    await page.getByText('web1 / shop.example').first().click(patience);
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .waitFor(patience);
    await page.getByText(`${site.nginx.dir}/tls/shop.key`).first().waitFor(patience);
    await desktop.screenshot('main-07-plan');
    expect(site.state()).toEqual(before);
  });

  test('says yes, watches the steps and sees the proof', async () => {
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .click();
    await page.waitForURL(/#\/tasks\/./, patience); // its yes arrived
    await go('Tasks');
    await page.getByText('Certificate for').first().click(patience);
    await page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor(patience);
    await desktop.screenshot('main-08-task');
    expect(await site.served()).not.toBe(site.oldFingerprint);
  });

  test('is told by the operating system: approval needed, then done', async () => {
    for (const title of ['Approval needed: shop.example', 'Done: shop.example']) {
      await expect
        .poll(async () => JSON.stringify(await desktop.desktop.notifications()), patience)
        .toContain(title);
    }
  });

  test('finds every screen in order afterwards', async () => {
    for (const [name, file] of [
      ['Overview', '09-overview'],
      ['Endpoints', '10-endpoints'],
      ['Certificates', '11-certificates'],
      ['Tasks', '12-tasks'],
      ['Approvals', '13-approvals'],
      ['Authorities', '14-authorities'],
      ['Credential stores', '14a-credential-stores'],
      ['Audit log', '15-audit'],
      ['Proxy', '15a-proxy'],
      ['Settings', '16-settings'],
    ] as const) {
      await go(name);
      await page.getByRole('heading', { name }).first().waitFor(patience);
      await desktop.screenshot(`main-${file}`);
    }
    await go('Certificates');
    await page.getByText('Order 1001').first().waitFor(patience);
  });

  test('saves a list where the picker says, and finds its columns as they were left', async () => {
    await go('Endpoints');
    const path = join(desktop.dataDirectory, 'endpoints.csv');
    // what the person answers in the picker of the system
    await desktop.app.evaluate(({ session }, chosen) => {
      session.defaultSession.once('will-download', (_event, item) => item.setSavePath(chosen));
    }, path);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    await expect
      .poll(() => (existsSync(path) ? readFileSync(path, 'utf8') : ''), patience)
      .toMatch(/^\uFEFFName,Type,.*\r\nweb1,nginx,/);
    await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
    await page.reload();
    await page.locator('th[aria-sort=ascending]', { hasText: 'Status' }).waitFor(patience);
  });

  test('is led to the node by a few letters', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('shop.ex');
    await page.getByRole('option', { name: 'web1/shop.example' }).waitFor(patience);
    await desktop.screenshot('main-17-palette');
    await page.getByRole('option', { name: 'web1/shop.example' }).first().click();
    await page.waitForURL(/#\/endpoints\/ep_[^/]+\/node_/, patience);
    await page.getByRole('dialog').getByText('shop.example').first().waitFor(patience);
  });

  test('sees the tray say that all is well', async () => {
    await expect
      .poll(async () => (await desktop.desktop.tray())?.tooltip ?? '', patience)
      .toContain('The managed node serves the expected certificate.');
  });
});
