import { appendFileSync, chownSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { freePort } from '../servers/free-port.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';
import { soon, TroubledPerson } from './troubles-person.ts';

const electron = await electronForTests();

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())('a person who meets trouble', () => {
  let site: Site;
  let sshd: Sshd;
  let app: Launched;
  let page: Page;
  let keyPath: string;
  let person: TroubledPerson;

  beforeAll(async () => {
    [site, sshd, app] = await Promise.all([startSite(), startSshd(), launchApp()]);
    page = await app.page();
    person = new TroubledPerson(app, page);
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

  test('is told at the field what is wrong with it, with the cursor in it', async () => {
    await page.getByText('Add the first endpoint').click();
    await person.field('Name').fill('a-name-of-thirty-three-characters');
    await person.field('Connection type').selectOption('ssh');
    await person.field('Host').fill(sshd.host);
    await person.field('Port').fill('0');
    await person.dialog().getByRole('radio', { name: 'Private key' }).check();
    await person.field('User').fill(sshd.user);
    await person.field('SSH key path').fill(keyPath);
    await person.field('nginx configuration file').fill(site.nginx.configPath);
    await person.expectProblem(person.field('Name'), /Name must be between 1 and 32 characters long/);
    await person.lookedAt('Port must be between 1 and 65535.');
    await expect.poll(() => person.field('Name').evaluate((one) => one.matches(':focus')), soon).toBe(true);
    await person.picture('01-fields');
    await person.field('Name').fill('web1');
    await person.expectProblem(person.field('Port'), /Port must be between 1 and 65535/);
    await expect.poll(() => person.field('Port').evaluate((one) => one.matches(':focus')), soon).toBe(true);
    await person.field('Port').fill(String(sshd.port));
  });

  test('is told in one sentence why the login cannot be made, and keeps the form', async () => {
    await person.field('SSH key path').fill('/no/such/key');
    await person.send('Add');
    await person.dialog().locator('[data-failure]').waitFor();
    await person.lookedAt(/\/no\/such\/key/);
    await person.picture('02-no-key');
    expect(await person.field('Host').inputValue()).toBe(sshd.host);
    expect(await person.field('nginx configuration file').inputValue()).toBe(site.nginx.configPath);
    expect(await person.field('Port').inputValue()).toBe(String(sshd.port));
    await person.field('SSH key path').fill(keyPath);
  });

  test('is told why the host does not let them in, and adds it when all is right', async () => {
    await person.field('User').fill('nobody-here');
    await person.send('Add');
    await person.lookedAt(/nobody-here/);
    await person.picture('03-wrong-user');
    await person.field('User').fill(sshd.user);
    await person.field('Port').fill(String(await freePort()));
    await person.send('Add');
    await person.lookedAt(/refused|nothing listens/i);
    await person.picture('04-closed-port');
    expect(await person.field('Name').inputValue()).toBe('web1');
    await person.field('Port').fill(String(sshd.port));
    await person.send('Add');
    await page.locator('[data-instance-id]').waitFor();
    await person.picture('05-added');
    await person.send('Open nodes');
    await person.lookedAt('shop.example');
  });

  test('whose reload fails sees everything put back and proved, wherever they look', async () => {
    const pid = readFileSync(site.nginx.pidPath, 'utf8');
    const before = site.state()['tls/shop.crt'];
    const calm = (await app.desktop.tray())?.icon;
    await person.request();
    writeFileSync(site.nginx.pidPath, 'not a number\n');
    await person.approve();
    await person.lookedAt('The previous state is back, and that is proved.');
    await person.picture('06-restored');
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
    await person.picture('07-notifications');
    await page.keyboard.press('Escape');
    await person.go('Overview');
    await person.picture('08-overview');
  });

  test('says no to a plan, with a reason that stays', async () => {
    const before = site.state();
    await person.request();
    await person.picture('09-plan');
    await page.getByLabel('Comment (kept in the audit log)').fill('Not before the holidays.');
    await page.getByRole('button', { name: 'Reject' }).click();
    await person.lookedAt('Rejected');
    await person.lookedAt(/Not before the holidays/);
    await person.picture('10-rejected');
    await page.getByRole('button', { name: 'Open task' }).click();
    await person.lookedAt(/rejected/i);
    await person.picture('11-rejected-task');
    expect(site.state()).toEqual(before);
  });

  test('is told what changed on the endpoint between the plan and the yes', async () => {
    await person.request();
    appendFileSync(join(site.nginx.dir, 'tls/shop.crt'), '\n');
    await person.approve();
    await page.locator('[data-failure="endpoint.drifted"]').first().waitFor();
    expect(await page.locator('[data-failure="endpoint.drifted"]').first().innerText()).toContain('shop.crt');
    await person.picture('12-drifted');
  });

  test('compares the new host key of a rebuilt host and accepts it in the window', async () => {
    await sshd.rotateHostKey();
    await person.go('Endpoints');
    await page.getByText('web1', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Probe', exact: true }).click();
    await person.lookedAt('The host key has changed');
    await person.picture('13-host-key');
    await page.getByRole('button', { name: 'Accept the new key…' }).click();
    expect(await person.dialog().innerText()).toContain(sshd.hostKeyFingerprint);
    await person.picture('14-accept-host-key');
    await person.send('Accept this key');
    await person.lookedAt('Can be reached and managed');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await person.lookedAt(sshd.hostKeyFingerprint);
    await person.picture('15-endpoint-settings');
  });

  test('changes a setting and sees that it is kept', async () => {
    await person.go('Settings');
    const patience = page.getByLabel('Proof timeout');
    const save = page.locator('form', { has: patience }).getByRole('button', { name: 'Save', exact: true });
    await patience.fill('0');
    await save.click();
    await person.lookedAt('Proof timeout must be between 1 and 600.');
    await person.picture('16-settings');
    await patience.fill('20');
    await save.click();
    await expect.poll(() => save.isDisabled(), soon).toBe(true);
    await person.go('Overview');
    await person.go('Settings');
    await expect.poll(() => page.getByLabel('Proof timeout').inputValue(), soon).toBe('20');
  });

  test('adds an authority for some names, tests it and takes its root along', async () => {
    await person.go('Authorities');
    await page.getByRole('button', { name: 'Add authority' }).first().click();
    await person.dialog().getByRole('radio', { name: 'Local authority' }).check();
    await person.field('Name').fill('internal');
    await person
      .dialog()
      .getByRole('button', { name: /^Advanced/ })
      .click();
    await person.field('Permitted names').fill('corp.example\nlab.example');
    await person.picture('17-authority-form');
    await person.send('Add');
    await page.getByRole('button', { name: 'Test now' }).click();
    await person.lookedAt('corp.example, lab.example');
    await page.getByRole('button', { name: 'Show root' }).click();
    await page.getByRole('button', { name: 'Save root (PEM)' }).waitFor();
    const saved = await person.savedTo(join(app.dataDirectory, 'root.pem'));
    await page.getByRole('button', { name: 'Save root (PEM)' }).click();
    expect(await saved()).toBe('internal-root.pem: completed');
    expect(readFileSync(join(app.dataDirectory, 'root.pem'), 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    await person.picture('18-authority');
    await page.keyboard.press('Escape');
  });

  test('has the audit verified and reads the verdict', async () => {
    await person.go('Audit log');
    await page.getByRole('button', { name: 'Verify chain' }).click();
    await person.lookedAt(/The chain is intact: \d+ entries/);
    await person.picture('19-audit');
  });

  test('closes the window, keeps the tray, and finds the same screen again', async () => {
    await person.close();
    await person.notified('Trustkeep is still running');
    expect(await app.desktop.tray()).not.toBeNull();
    await app.desktop.activate();
    page = await person.reopened();
    await page.getByRole('heading', { name: 'Audit log' }).first().waitFor();
    expect(person.place()).toMatch(/audit/);
  });

  test('opens the plan from the notification that asks for it', async () => {
    await person.request();
    await person.close();
    const asked = async () =>
      (await app.desktop.notifications()).filter((one) => one.title.startsWith('Approval needed'));
    await expect.poll(asked, soon).toHaveLength(person.plans);
    await app.desktop.invoke((await asked()).at(-1)?.id ?? 0);
    page = await person.reopened();
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    expect(person.place()).toMatch(/approvals\//);
    await person.approve();
    await person.lookedAt(/handshakes? showed the new key and the full chain/);
    await person.go('Overview');
    await person.picture('20-well-again');
  });
});
