import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import { type Site, startSite } from '../integration/certify/site.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { Beginner, patience } from './beginner.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();

describe.skipIf(electron === null || !have('nginx') || !canRunSshd())(
  'a person whose endpoint is restarted separately',
  () => {
    let site: Site;
    let sshd: Sshd;
    let desktop: Launched;
    let person: Beginner;

    beforeAll(async () => {
      site = await startSite();
      sshd = await startSshd();
      desktop = await launchApp();
      person = await Beginner.begin(desktop);
    });
    afterAll(async () => {
      await desktop?.stop();
      await sshd?.stop();
      await site?.nginx.stop();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await desktop.screenshot('restart-failed');
    });

    const inTable = (name: string) =>
      person.page.locator('table').getByText(name, { exact: true }).first().click(patience);
    const tooltip = async () => (await desktop.desktop.tray())?.tooltip ?? '';

    test('sees at the node, in the overview and in the tray that a restart is required', async () => {
      const { page } = person;
      await page.getByText('Add the first endpoint').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: 'nginx', exact: true }).check();
      await person.overSsh(sshd);
      await person.fill({ name: 'web1', nginx_config_path: site.nginx.configPath });
      await dialog.getByText(/^Advanced/).click();
      await page.selectOption('[data-field=restarts]', 'separately');
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await page.locator('[data-instance-id]').waitFor(patience);
      await page.getByRole('button', { name: 'Open nodes' }).click();
      const request = page.getByRole('button', { name: /Request certificate for shop\.example/ });
      await request.first().click();
      await dialog.getByRole('button', { name: 'Request certificate', exact: true }).click();
      await person.go('Approvals');
      await page.getByText('web1 / shop.example').first().click(patience);
      await page.getByText('the new certificate is served once you restart').first().waitFor(patience);
      await person.pictures('restart-1-plan');
      await person.approve(/Waiting for a restart/);
      await person.pictures('restart-2-task');
      expect(await site.served()).toBe(site.oldFingerprint);

      await person.go('Endpoints');
      await page.locator('table').getByText('Restart required').first().waitFor(patience);
      await person.pictures('restart-3-endpoints');
      await inTable('web1');
      await page.locator('table').getByText('Restart required').first().waitFor(patience);
      await person.pictures('restart-4-nodes');
      await inTable('shop.example');
      await page.getByText('A new certificate is installed here, and not served yet').waitFor(patience);
      await person.pictures('restart-5-node');
      await page.keyboard.press('Escape');
      await person.go('Overview');
      await page
        .getByText(/restart required/i)
        .first()
        .waitFor(patience);
      await page.getByRole('button', { name: /^Restart for web1/ }).waitFor(patience);
      await person.pictures('restart-6-overview');
      await expect.poll(tooltip, patience).toContain('restart required');
    });

    test('restarts it, and sees that the new certificate is served', async () => {
      const { page } = person;
      await person.go('Endpoints');
      await inTable('web1');
      await inTable('shop.example');
      await page.getByRole('button', { name: 'Restart…' }).click();
      await page.getByText('Restart web1?').waitFor(patience);
      await person.pictures('restart-7-asked');
      await page.getByRole('button', { name: 'Restart', exact: true }).last().click();
      await expect.poll(() => site.served(), patience).not.toBe(site.oldFingerprint);
      await expect.poll(tooltip, patience).not.toContain('restart required');
      await expect.poll(() => page.getByText('Restart required').count(), patience).toBe(0);
    });

    test('exports the certificate to a file with a password, which another program opens', async () => {
      const { page } = person;
      await person.go('Certificates');
      const row = page.getByRole('row', { name: /Trustkeep local root/ });
      await row.getByText('shop.example').first().click(patience);
      await page.getByRole('button', { name: 'Export…' }).click();
      const form = page.getByRole('dialog').last();
      const [pem, p12] = ['shop.pem', 'shop.p12'].map((name) => join(desktop.dataDirectory, name)) as [
        string,
        string,
      ];
      await form.getByLabel(/^Format/).selectOption('pem');
      await form.getByLabel(/^File/).fill(pem);
      await person.pictures('export-1-pem');
      await form.getByLabel(/^Format/).selectOption('pkcs12');
      await form.getByLabel(/^File/).fill(p12);
      await form.getByLabel(/^Password/).fill('Export-pw 1');
      await person.pictures('export-2-p12');
      await form.getByRole('button', { name: 'Export', exact: true }).click();
      await form.getByText(`${p12} holds`).first().waitFor(patience);
      await person.pictures('export-3-written');
      const env = { ...childEnvironment(), P: 'Export-pw 1' };
      const argv = ['openssl', 'pkcs12', '-in', p12, '-nokeys', '-passin', 'env:P'] as const;
      const { stdout } = await exec({ argv: [...argv], env, timeoutMs: 30_000 });
      expect(`${stdout}`).toContain('BEGIN CERTIFICATE');
    });
  },
);
