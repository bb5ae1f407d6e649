import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connector, files, host, leafAt, leafFor, pem } from '../integration/tomcat/real-tomcat.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { haveTomcat, managerPassword, type RunningTomcat, startTomcat } from '../servers/tomcat.ts';
import { choose } from './choose.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const patience = { timeout: 60_000 };

describe.skipIf(electron === null || !haveTomcat(10) || !canRunSshd())('a person with a Tomcat', () => {
  const leaves = { shop: leafFor('shop.example'), blog: leafFor('blog.example') };
  let server: RunningTomcat;
  let sshd: Sshd;
  let desktop: Launched;
  let page: Page;

  beforeAll(async () => {
    server = await startTomcat({
      roles: 'manager-script',
      files: files(leaves),
      connectors: connector(
        '{port2}',
        [host('_default_', pem('blog')), host('shop.example', pem('shop'))].join('\n'),
      ),
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
    if (task.result?.state === 'fail') await desktop.screenshot('tomcat-failed');
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
      await desktop.screenshot(`tomcat-${name}-${kind}`);
    }
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  }

  test('adds it by the form, with its manager, and sees its connectors', async () => {
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Apache Tomcat', exact: true }).check();
    await dialog.getByLabel(/^Name/).fill('app1');
    await dialog.getByLabel(/^Tomcat directory/).fill(server.dir);
    await choose(dialog.getByLabel(/^Connection type/), 'ssh', 'SSH');
    await dialog.getByLabel(/^Host\*?$/).fill(sshd.host);
    await dialog.getByLabel(/^Port\*?$/).fill(String(sshd.port));
    await dialog.getByLabel(/^User\*?$/).fill(sshd.user);
    await dialog.getByRole('radio', { name: 'Private key' }).check();
    await dialog.getByLabel(/^SSH key path/).fill(keyFile());
    await dialog.getByLabel(/^Manager address/).fill(`http://127.0.0.1:${server.ports[0]}/manager`);
    await dialog.getByLabel(/^Manager user/).fill('deploy');
    await dialog.getByLabel(/^Manager password/).fill(managerPassword);
    await pictures('1-form');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page.getByText('shop.example').first().waitFor(patience);
    await pictures('2-nodes');
  });

  test('requests a certificate, approves its plan, and sees the proof', async () => {
    await page
      .getByRole('button', { name: /Request certificate for shop\.example/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }).click();
    await go('Approvals');
    await page.getByText('app1 / shop.example').first().click(patience);
    await page.getByText('Not proved: Tomcat has no test', { exact: false }).first().waitFor(patience);
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
    const port = server.ports[1] ?? 0;
    expect(await leafAt(port, 'shop.example')).not.toBe(leaves.shop.facts.fingerprint);
    expect(await leafAt(port, null)).toBe(leaves.blog.facts.fingerprint);
  });
});
