import { chownSync, copyFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { MadeEndpoint } from '#test/make/endpoints.ts';
import { exporting, keyPassword, storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { type StoreServer, startStoreServer } from '../servers/store-server.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const usable = electron !== null && have('keytool') && have('openssl') && canRunSshd();
const patience = { timeout: 60_000 };
const looks = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }],
  ['forced', { colorScheme: 'light', forcedColors: 'active' }],
] as const;

describe.skipIf(!usable)('a person at the desktop with key stores', () => {
  let sshd: Sshd;
  let desktop: Launched;
  let page: Page;
  const made: MadeEndpoint[] = [];
  const servers: StoreServer[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    desktop = await launchApp();
    page = await desktop.page();
    page.setDefaultTimeout(patience.timeout);
    await page.setViewportSize({ width: 1180, height: 900 }).catch(() => {});
    await page.getByRole('button', { name: 'Show recovery key' }).click(patience);
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Add the first endpoint').waitFor(patience);
  });
  afterAll(async () => {
    await desktop?.stop();
    for (const one of servers) await one.stop();
    for (const one of made) await one.stop();
    await sshd?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('key-stores-failed');
  });

  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();
  const fill = async (fields: Record<string, string>) => {
    for (const [field, text] of Object.entries(fields)) await page.fill(`[data-field=${field}]`, text);
  };
  const inEachLook = async (name: string) => {
    for (const [look, media] of looks) {
      await page.emulateMedia(media);
      await desktop.screenshot(`key-stores-${name}-${look}`);
    }
    await page.emulateMedia(looks[0][1]);
  };

  /** The key file where the user of the application can read it. */
  function keyFile(): string {
    const path = join(desktop.dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, path);
    if (desktop.account !== null) chownSync(path, desktop.account.uid, desktop.account.gid);
    return path;
  }

  /** Adds it by the form, requests a certificate, reads and approves the plan, and sees the proof. */
  async function wholeJob(
    label: string,
    name: string,
    fields: Record<string, string>,
    advanced: Record<string, string>,
  ) {
    await go('Endpoints');
    await page
      .getByRole('button', { name: /^Add (the first )?endpoint$/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: label, exact: true }).check();
    await page.selectOption('[data-field=connection_type]', 'ssh');
    await dialog.getByRole('radio', { name: 'Private key', exact: true }).check();
    await fill({
      name,
      host: sshd.host,
      port: String(sshd.port),
      user: sshd.user,
      ssh_key_path: keyFile(),
      ...fields,
    });
    await dialog.getByText(/^Advanced/).click();
    await fill(advanced);
    await inEachLook(`${name}-form`);
    expect(await dialog.innerText()).not.toContain(storePassword);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    expect(await dialog.innerText()).toContain('The password opens');
    await desktop.screenshot(`key-stores-${name}-added`);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page
      .getByRole('button', { name: /Request certificate for shop|^Request$/ })
      .first()
      .click();
    await dialog.getByRole('button', { name: 'Request certificate', exact: true }).click();
    await go('Approvals');
    await page.getByText(`${name} / shop`).first().click(patience);
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .waitFor(patience);
    await page.getByText('shop in').first().waitFor(patience);
    await inEachLook(`${name}-plan`);
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .click();
    await page.waitForURL(/#\/tasks\/./, patience);
    await page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor(patience);
    await page
      .getByText(/read the new key store and found the new key/)
      .first()
      .waitFor(patience);
    await inEachLook(`${name}-proved`);
  }

  test('has a certificate installed in a P12 store, and sees that it is served', async () => {
    const one = await storeEndpoint('p12', 'modern');
    made.push(one);
    const path = 'path' in one.settings ? one.settings.path : '';
    const server = await startStoreServer(one.dir, path, storePassword);
    servers.push(server);
    const fields = { path, store_password: storePassword, restart_script: server.restartScript };
    await wholeJob('P12 key store', 'shop', { ...fields, served_at: `127.0.0.1:${server.port}` }, {});
    expect(await server.served()).not.toBe(one.old.facts.fingerprint);
  });

  test('has one installed in a JKS store with two keys, of which one has a password of its own', async () => {
    const one = await storeEndpoint('jks', 'jks');
    made.push(one);
    const [path, p12] = ['path' in one.settings ? one.settings.path : '', join(one.dir, 'served.p12')];
    const install = join(one.dir, 'install.sh');
    await writeFile(install, `#!/bin/sh\n${exporting(path, p12)}\n`);
    await chmod(install, 0o755);
    await exec({ argv: [install, 'shop'], timeoutMs: 60_000, env: childEnvironment() });
    const server = await startStoreServer(one.dir, p12, storePassword);
    servers.push(server);
    const scripts = { install_script: install, restart_script: server.restartScript };
    const fields = { path, store_password: storePassword, served_at: `127.0.0.1:${server.port}`, ...scripts };
    await wholeJob('JKS key store', 'billing', fields, { alias: 'shop', key_password: keyPassword });
    expect(await server.served()).not.toBe(one.old.facts.fingerprint);
  });
});
