import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { files, host, leafFor, pair, shown } from '../integration/apache/real-apache.ts';
import { haveApache, type RunningApache, startApache } from '../servers/apache.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { choose } from './choose.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const patience = { timeout: 60_000 };

describe.skipIf(electron === null || !haveApache() || !canRunSshd())('a person with an Apache', () => {
  const old = leafFor('shop.example');
  const neighbour = leafFor('blog.example');
  let server: RunningApache;
  let sshd: Sshd;
  let desktop: Launched;
  let page: Page;

  beforeAll(async () => {
    server = await startApache({
      files: files({ shop: old, blog: neighbour }),
      site: host('shop.example', pair('shop')) + host('blog.example', pair('blog')),
    });
    sshd = await startSshd();
    desktop = await launchApp();
    page = await desktop.page();
    page.setDefaultTimeout(patience.timeout);
    await page.setViewportSize({ width: 1180, height: 760 }).catch(() => {});
    await page.getByRole('button', { name: 'Show recovery key' }).click(patience);
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Add the first endpoint').waitFor(patience);
  });
  afterAll(async () => {
    await desktop?.stop();
    await sshd?.stop();
    await server?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('apache-failed');
  });

  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();

  /** The key file where the user of the application can read it. */
  function keyFile(): string {
    const path = join(desktop.dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, path);
    if (desktop.account !== null) chownSync(path, desktop.account.uid, desktop.account.gid);
    return path;
  }

  /** The screen as it is, in each kind of colors. */
  async function pictures(name: string): Promise<void> {
    for (const [kind, media] of Object.entries({
      light: { colorScheme: 'light', forcedColors: 'none' },
      dark: { colorScheme: 'dark', forcedColors: 'none' },
      forced: { colorScheme: 'dark', forcedColors: 'active' },
    } as const)) {
      await page.emulateMedia(media);
      await desktop.screenshot(`apache-${name}-${kind}`);
    }
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  }

  test('adds it by the form and sees its virtual hosts', async () => {
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Apache', exact: true }).check();
    await dialog.getByLabel(/^Name/).fill('web2');
    await choose(dialog.getByLabel(/^Connection type/), 'ssh', 'SSH');
    await dialog.getByLabel(/^Host\*?$/).fill(sshd.host);
    await dialog.getByLabel(/^Port\*?$/).fill(String(sshd.port));
    await dialog.getByLabel(/^User\*?$/).fill(sshd.user);
    await dialog.getByRole('radio', { name: 'Private key' }).check();
    await dialog.getByLabel(/^SSH key path/).fill(keyFile());
    await dialog.getByLabel(/^apachectl/).fill(server.settings.apachectlPath);
    await dialog.getByRole('button', { name: /^Advanced/ }).click();
    await dialog.getByLabel(/^Directory of the instance/).fill(server.dir);
    await pictures('1-form');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page.getByText('shop.example').first().waitFor(patience);
    await page.getByText('blog.example').first().waitFor(patience);
    await pictures('2-nodes');
  });

  test('requests a certificate, approves its plan, and sees the proof', async () => {
    await page
      .getByRole('button', { name: /Request certificate for shop\.example/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }).click();
    await go('Approvals');
    await page.getByText('web2 / shop.example').first().click(patience);
    await page.getByText('Not proved: apachectl -t', { exact: false }).first().waitFor(patience);
    await pictures('3-plan');
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .click();
    await page.waitForURL(/#\/tasks\/./, patience);
    await page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor(patience);
    await pictures('4-proved');
    expect((await shown(server, 'shop.example'))[0]).not.toBe(old.facts.fingerprint);
    expect((await shown(server, 'blog.example'))[0]).toBe(neighbour.facts.fingerprint);
  });
});
