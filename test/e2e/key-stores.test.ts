import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { MadeEndpoint } from '#test/make/endpoints.ts';
import { exporting, keyPassword, storeEndpoint, storePassword } from '#test/make/key-store-files.ts';
import { have } from '../servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { type StoreServer, startStoreServer } from '../servers/store-server.ts';
import { Beginner, patience } from './beginner.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const usable = electron !== null && have('keytool') && have('openssl') && canRunSshd();

describe.skipIf(!usable)('a person at the desktop with key stores', () => {
  let sshd: Sshd;
  let desktop: Launched;
  let person: Beginner;
  const made: MadeEndpoint[] = [];
  const servers: StoreServer[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    desktop = await launchApp();
    person = await Beginner.begin(desktop, 900);
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

  /** Adds it by the form, requests a certificate, reads and approves the plan, and sees the proof. */
  async function wholeJob(
    label: string,
    name: string,
    fields: Record<string, string>,
    advanced: Record<string, string>,
  ) {
    const { page } = person;
    await person.go('Endpoints');
    await page
      .getByRole('button', { name: /^Add (the first )?endpoint$/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: label, exact: true }).check();
    await person.overSsh(sshd);
    await person.fill({ name, ...fields });
    await dialog.getByText(/^Advanced/).click();
    await person.fill(advanced);
    await person.pictures(`key-stores-${name}-form`);
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
    await person.go('Approvals');
    await page.getByText(`${name} / shop`).first().click(patience);
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .waitFor(patience);
    await page.getByText('shop in').first().waitFor(patience);
    await person.pictures(`key-stores-${name}-plan`);
    await person.approve(/handshakes? showed the new key and the full chain/);
    await page
      .getByText(/read the new key store and found the new key/)
      .first()
      .waitFor(patience);
    await person.pictures(`key-stores-${name}-proved`);
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
