import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';
import { troublesOfEveryScreen } from './every-screen.ts';
import { KeyboardPerson } from './keyboard-person.ts';

/** Pictures are for people: `PICTURES=1`. */
const wanted = process.env.PICTURES === '1';
const electron = await electronForTests();

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())('a person without a mouse', () => {
  let site: Site;
  let sshd: Sshd;
  let desktop: Launched;
  let page: Page;
  let person: KeyboardPerson;

  beforeAll(async () => {
    [site, sshd] = await Promise.all([startSite(), startSshd()]);
    desktop = await launchApp();
    page = await desktop.page();
    page.setDefaultTimeout(60_000);
    await page.setViewportSize({ width: 1180, height: 760 }).catch(() => {});
    person = new KeyboardPerson(page);
  });
  afterAll(async () => {
    await desktop?.stop();
    await sshd?.stop();
    await site?.nginx.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('keyboard-failed');
  });

  const keyFile = (): string => {
    const path = join(desktop.dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, path);
    if (desktop.account !== null) chownSync(path, desktop.account.uid, desktop.account.gid);
    return path;
  };

  test('saves the recovery key and takes the first steps', async () => {
    await page.getByRole('button', { name: 'Show recovery key' }).waitFor();
    await person.enter(/^button Show recovery key/);
    await person.enter(/^checkbox I have saved it/, 'Space');
    await person.enter(/^button Continue/);
    await page.getByText('Add the first endpoint').waitFor();
    await person.tabTo(/^text Name of this agent/);
    await person.type('Office');
    await person.press('Enter');
    await page.locator('[data-step=name][data-state=done]').waitFor();
    await person.holds();
    await person.enter(/^button Connect directly/);
    await page.locator('[data-step=outbound][data-state=skipped]').waitFor();
    await person.enter(/^button Use "trustkeep-local"/);
    await page.locator('[data-step=authority][data-state=skipped]').waitFor();
    await person.holds();
  });

  test('adds an nginx over SSH', async () => {
    await person.enter(/^button Add the first endpoint/);
    await page.getByRole('dialog').waitFor();
    await person.tabTo(/^text Name/);
    await person.type('web1');
    await person.tabTo(/^select-one Connection type/);
    await person.type('SSH');
    for (const [field, value] of [
      ['Host', sshd.host],
      ['Port', String(sshd.port)],
      ['User', sshd.user],
    ] as const) {
      await person.tabTo(new RegExp(`^text ${field}`));
      await person.fill(value);
    }
    await person.tabTo(/^radio Password/);
    await person.press('ArrowDown');
    await person.holds(/^radio Private key/);
    await person.tabTo(/^text SSH key path/);
    await person.type(keyFile());
    await person.tabTo(/^text nginx configuration file/);
    await person.type(site.nginx.configPath);
    await person.press('Enter');
    await page.locator('[data-instance-id]').waitFor();
    await person.holds();
    await person.enter(/^button Open nodes/);
    await page.getByText('shop.example').first().waitFor();
    await person.holds();
  });

  test('requests a certificate, reads the plan and approves it', async () => {
    await person.enter(/^button Request certificate for shop\.example/);
    await page.getByRole('dialog').waitFor();
    await person.enter(/^button Request certificate$/);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await person.holds();
    await person.press('Control+k');
    await person.holds(/^combobox/);
    await person.type('Approvals');
    await page.getByRole('option', { name: 'Approvals' }).first().waitFor();
    await person.press('Enter');
    await page.locator('[data-screen=approvals] [data-row-link]').waitFor();
    await person.holds();
    await person.enter(/^a web1 \/ shop\.example/);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await person.holds();
    await person.enter(/^button Approve/);
    await page.waitForURL(/#\/tasks\/./);
    await page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor();
    await person.holds();
    expect(await site.served()).not.toBe(site.oldFingerprint);
  });

  test('gets the keyboard back where it was from whatever was open', async () => {
    const bell = /^button Notifications/; // and how many of them are unread by then
    await person.tabTo(bell, 'Shift+Tab');
    for (const open of [() => person.press('Control+k'), () => person.enter(bell)]) {
      await open();
      await page.getByRole('dialog').waitFor();
      await person.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await person.holds(bell);
    }
    await page.evaluate(() => {
      window.location.hash = '#/endpoints';
    });
    await person.holds(/^main/);
    await person.enter(/^button Add endpoint/);
    await page.getByRole('dialog').waitFor();
    await person.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await person.holds(/^button Add endpoint/);
  });

  test('reads the name of the agent in the title of the window and in the tray', async () => {
    const title = () =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle());
    await expect.poll(title).toMatch(/^Office – Trustkeep/);
    await expect.poll(async () => (await desktop.desktop.tray())?.tooltip ?? '').toMatch(/^Office: /);
  });

  test('can read every screen in light, dark and forced colours', async () => {
    const seen = wanted ? (name: string) => desktop.screenshot(`screen-${name}`) : async () => {};
    expect(await troublesOfEveryScreen(page, seen)).toEqual([]);
  });
});
