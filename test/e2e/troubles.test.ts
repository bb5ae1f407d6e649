import { appendFileSync, chownSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { freePort } from '../servers/free-port.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const soon = { timeout: 10_000 };
/** `EVERY_SIZE=1` draws every screen wide, narrow and dark, for a person to look at. */
const everySize = process.env.EVERY_SIZE === '1';

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())('a person who meets trouble', () => {
  let site: Site;
  let sshd: Sshd;
  let app: Launched;
  let page: Page;
  let keyPath: string;
  let plans = 0;

  beforeAll(async () => {
    [site, sshd, app] = await Promise.all([startSite(), startSshd(), launchApp()]);
    page = await usePage();
    keyPath = join(app.dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, keyPath);
    if (app.account !== null) chownSync(keyPath, app.account.uid, app.account.gid);
    await page.getByRole('button', { name: 'Show recovery key' }).click();
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
  });
  afterAll(async () => {
    await app?.stop();
    await sshd?.stop();
    await site?.nginx.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await app.screenshot('troubles-failed');
  });

  async function usePage(): Promise<Page> {
    const shown = await app.page();
    shown.setDefaultTimeout(soon.timeout);
    return shown;
  }
  async function picture(name: string): Promise<void> {
    if (!everySize) return void (await app.screenshot(`troubles-${name}`));
    for (const [size, width, height, colorScheme] of [
      ['wide', 1180, 760, 'light'],
      ['narrow', 900, 600, 'light'],
      ['dark', 1180, 760, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(350);
      await app.screenshot(`troubles-${name}-${size}`);
    }
    await page.setViewportSize({ width: 1180, height: 760 });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();
  const dialog = () => page.locator('[role=dialog], [role=alertdialog]');
  const field = (label: string) => dialog().getByLabel(new RegExp(`^${label}\\*?$`));
  const send = (label: string) => dialog().getByRole('button', { name: label, exact: true }).click();
  const windows = () => app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const place = () => new URL(page.url()).hash;
  const notified = async (title: string) => {
    const titles = async () => (await app.desktop.notifications()).map((one) => one.title);
    await expect.poll(titles, soon).toContain(title);
  };
  const lookedAt = async (words: string | RegExp) => page.getByText(words).first().waitFor();

  /** Asks for a certificate for the node and opens its plan. */
  async function request(): Promise<void> {
    await go('Endpoints');
    await page.getByText('web1', { exact: true }).first().click();
    await page
      .getByRole('button', { name: /Request certificate for shop\.example|^Request$/ })
      .first()
      .click();
    await send('Request certificate');
    await page.getByRole('button', { name: 'Read the plan' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    plans += 1;
  }
  const approve = () => page.getByRole('button', { name: 'Approve', exact: true }).click();

  async function expectProblem(control: Locator, sentence: RegExp): Promise<void> {
    await send('Add');
    await lookedAt(sentence);
    expect(await control.getAttribute('aria-invalid')).toBe('true');
  }

  test('is told at the field what is wrong with it, with the cursor in it', async () => {
    await page.getByText('Add the first endpoint').click();
    await field('Name').fill('a-name-of-thirty-three-characters');
    await field('Connection type').selectOption('ssh');
    await field('Host').fill(sshd.host);
    await field('Port').fill('0');
    await dialog().getByRole('radio', { name: 'Private key' }).check();
    await field('User').fill(sshd.user);
    await field('SSH key path').fill(keyPath);
    await field('nginx configuration file').fill(site.nginx.configPath);
    await expectProblem(field('Name'), /Name must be between 1 and 32 characters long/);
    await lookedAt('Port must be between 1 and 65535.');
    await expect.poll(() => field('Name').evaluate((one) => one.matches(':focus')), soon).toBe(true);
    await picture('01-fields');
    await field('Name').fill('web1');
    await expectProblem(field('Port'), /Port must be between 1 and 65535/);
    await expect.poll(() => field('Port').evaluate((one) => one.matches(':focus')), soon).toBe(true);
    await field('Port').fill(String(sshd.port));
  });

  test('is told in one sentence why the login cannot be made, and keeps the form', async () => {
    await field('SSH key path').fill('/no/such/key');
    await send('Add');
    await dialog().locator('[data-failure]').waitFor();
    await lookedAt(/\/no\/such\/key/);
    await picture('02-no-key');
    expect(await field('Host').inputValue()).toBe(sshd.host);
    expect(await field('nginx configuration file').inputValue()).toBe(site.nginx.configPath);
    expect(await field('Port').inputValue()).toBe(String(sshd.port));
    await field('SSH key path').fill(keyPath);
  });

  test('is told why the host does not let them in, and adds it when all is right', async () => {
    await field('User').fill('nobody-here');
    await send('Add');
    await lookedAt(/nobody-here/);
    await picture('03-wrong-user');
    await field('User').fill(sshd.user);
    await field('Port').fill(String(await freePort()));
    await send('Add');
    await lookedAt(/refused|nothing listens/i);
    await picture('04-closed-port');
    expect(await field('Name').inputValue()).toBe('web1');
    await field('Port').fill(String(sshd.port));
    await send('Add');
    await page.locator('[data-instance-id]').waitFor();
    await picture('05-added');
    await send('Open nodes');
    await lookedAt('shop.example');
  });

  test('whose reload fails sees everything put back and proved, wherever they look', async () => {
    const pid = readFileSync(site.nginx.pidPath, 'utf8');
    const before = site.state()['tls/shop.crt'];
    const calm = (await app.desktop.tray())?.icon;
    await request();
    writeFileSync(site.nginx.pidPath, 'not a number\n');
    await approve();
    await lookedAt('The previous state is back, and that is proved.');
    await picture('06-restored');
    writeFileSync(site.nginx.pidPath, pid);
    expect(site.state()['tls/shop.crt']).toBe(before);
    expect(await site.served()).toBe(site.oldFingerprint);
    const shown = async () => (await app.desktop.notifications()).map((one) => `${one.title}: ${one.body}`);
    await expect
      .poll(async () => (await shown()).some((one) => /previous|put back|restored/i.test(one)), soon)
      .toBe(true);
    await expect.poll(async () => (await app.desktop.tray())?.icon, soon).not.toBe(calm);
    await page.getByRole('button', { name: /^Notifications/ }).click();
    await page
      .getByRole('dialog')
      .getByText(/shop\.example/)
      .first()
      .waitFor();
    await picture('07-notifications');
    await page.keyboard.press('Escape');
    await go('Overview');
    await picture('08-overview');
  });

  test('says no to a plan, with a reason that stays', async () => {
    const before = site.state();
    await request();
    await picture('09-plan');
    await page.getByLabel('Comment (kept in the audit log)').fill('Not before the holidays.');
    await page.getByRole('button', { name: 'Reject' }).click();
    await lookedAt('Rejected');
    await lookedAt(/Not before the holidays/);
    await picture('10-rejected');
    await page.getByRole('button', { name: 'Open task' }).click();
    await lookedAt(/rejected/i);
    await picture('11-rejected-task');
    expect(site.state()).toEqual(before);
  });

  test('is told what changed on the endpoint between the plan and the yes', async () => {
    await request();
    appendFileSync(join(site.nginx.dir, 'tls/shop.crt'), '\n');
    await approve();
    await page.locator('[data-failure="target.drifted"]').first().waitFor();
    expect(await page.locator('[data-failure="target.drifted"]').first().innerText()).toContain('shop.crt');
    await picture('12-drifted');
  });

  test('compares the new host key of a rebuilt host and accepts it in the window', async () => {
    await sshd.rotateHostKey();
    await go('Endpoints');
    await page.getByText('web1', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Probe', exact: true }).click();
    await lookedAt('The host key has changed');
    await picture('13-host-key');
    await page.getByRole('button', { name: 'Accept the new key…' }).click();
    expect(await dialog().innerText()).toContain(sshd.hostKeyFingerprint);
    await picture('14-accept-host-key');
    await send('Accept this key');
    await lookedAt('Can be reached and managed');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await lookedAt(sshd.hostKeyFingerprint);
    await picture('15-endpoint-settings');
  });

  test('changes a setting and sees that it is kept', async () => {
    await go('Settings');
    const patience = page.getByLabel('Proof timeout');
    await patience.fill('0');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await lookedAt('Proof timeout must be between 1 and 600.');
    await picture('16-settings');
    await patience.fill('20');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect
      .poll(() => page.getByRole('button', { name: 'Save', exact: true }).isDisabled(), soon)
      .toBe(true);
    await go('Overview');
    await go('Settings');
    await expect.poll(() => page.getByLabel('Proof timeout').inputValue(), soon).toBe('20');
  });

  test('adds an authority for some names, tests it and takes its root along', async () => {
    await go('Authorities');
    await page.getByRole('button', { name: 'Add authority' }).first().click();
    await dialog().getByRole('radio', { name: 'Local authority' }).check();
    await field('Name').fill('internal');
    await dialog()
      .getByRole('button', { name: /^Advanced/ })
      .click();
    await field('Permitted names').fill('corp.example\nlab.example');
    await picture('17-authority-form');
    await send('Add');
    await page.getByRole('button', { name: 'Test now' }).click();
    await lookedAt('corp.example, lab.example');
    await page.getByRole('button', { name: 'Show root' }).click();
    await page.getByRole('button', { name: 'Save root (PEM)' }).waitFor();
    const saved = await savedTo(join(app.dataDirectory, 'root.pem'));
    await page.getByRole('button', { name: 'Save root (PEM)' }).click();
    expect(await saved()).toBe('internal-root.pem: completed');
    expect(readFileSync(join(app.dataDirectory, 'root.pem'), 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    await picture('18-authority');
    await page.keyboard.press('Escape');
  });

  /** Chooses the file in the place of the person, whose dialog belongs to the operating system; then how that ended. */
  async function savedTo(path: string): Promise<() => Promise<string>> {
    await app.app.evaluate(({ session }, target) => {
      const saved = new Promise<string>((resolve) => {
        session.defaultSession.once('will-download', (_event, item) => {
          item.setSavePath(target);
          item.once('done', (_done, state) => resolve(`${item.getFilename()}: ${state}`));
        });
      });
      Object.assign(globalThis, { saved });
    }, path);
    return () => app.app.evaluate(() => (globalThis as unknown as { saved: Promise<string> }).saved);
  }

  test('has the audit verified and reads the verdict', async () => {
    await go('Audit log');
    await page.getByRole('button', { name: 'Verify chain' }).click();
    await lookedAt(/The chain is intact: \d+ entries/);
    await picture('19-audit');
  });

  test('closes the window, keeps the tray, and finds the same screen again', async () => {
    await close();
    await notified('Trustkeep is still running');
    expect(await app.desktop.tray()).not.toBeNull();
    await app.desktop.activate();
    await expect.poll(windows, soon).toBe(1);
    page = await usePage();
    await page.getByRole('heading', { name: 'Audit log' }).first().waitFor();
    expect(place()).toMatch(/audit/);
  });

  test('opens the plan from the notification that asks for it', async () => {
    await request();
    await close();
    const asked = async () =>
      (await app.desktop.notifications()).filter((one) => one.title.startsWith('Approval needed'));
    await expect.poll(asked, soon).toHaveLength(plans);
    await app.desktop.invoke((await asked()).at(-1)?.id ?? 0);
    await expect.poll(windows, soon).toBe(1);
    page = await usePage();
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    expect(place()).toMatch(/approvals\//);
    await approve();
    await lookedAt(/handshakes? showed the new key and the full chain/);
    await go('Overview');
    await picture('20-well-again');
  });

  async function close(): Promise<void> {
    await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(windows, soon).toBe(0);
  }
});
