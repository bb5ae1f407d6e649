import { generateKeyPairSync } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { electronForTests, type Launched, launchApp } from './electron.ts';

interface Picker {
  opened: number;
  answer(path: string): void;
}

const electron = await electronForTests();

describe.skipIf(electron === null)('a person who browses for a file', () => {
  let app: Launched;
  let page: Page;

  beforeAll(async () => {
    app = await launchApp();
    page = await app.page();
    page.setDefaultTimeout(60_000);
    await enter();
  });
  afterAll(() => app?.stop());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await app.screenshot('browse-failed');
  });

  /** Past the recovery key; while the keychain opens, a page that has the same button may stand there for a moment. */
  const enter = async () => {
    await page.getByRole('button', { name: 'Show recovery key' }).waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
  };
  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const dialog = () => page.locator('[role=dialog]').last();
  const field = (name: string) => dialog().locator(`[data-field=${name}]`);
  const browse = (name: string) => dialog().locator(`[data-browse=${name}]`);
  /** Fields of the open form that offer to browse, in the order they stand in. */
  const offered = () =>
    dialog()
      .locator('[data-browse]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-browse')));
  const close = async () => {
    await dialog().getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.locator('[role=dialog]').waitFor({ state: 'detached' });
  };
  const picture = (name: string) => app.screenshot(`browse-${name}`);

  /** A private key where the user of the application can read it. */
  function keyFile(name: string): string {
    const path = join(app.dataDirectory, name);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(path, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    if (app.account !== null) chownSync(path, app.account.uid, app.account.gid);
    return path;
  }

  /** What the person will do in the picker of the system: null, they close it. */
  const willPick = (path: string | null) =>
    app.app.evaluate(({ dialog: system }, picked) => {
      const picker = { opened: 0, answer: () => {} };
      system.showOpenDialog = async () => {
        picker.opened += 1;
        return { canceled: picked === null, filePaths: picked === null ? [] : [picked] };
      };
      Object.assign(globalThis, { picker });
    }, path);

  /** As if the picker stood open until it is answered. */
  const willWait = () =>
    app.app.evaluate(({ dialog: system }) => {
      const picker = { opened: 0, answer: (_path: string): void => {} };
      system.showOpenDialog = () => {
        picker.opened += 1;
        return new Promise((resolve) => {
          picker.answer = (path) => resolve({ canceled: false, filePaths: [path] });
        });
      };
      Object.assign(globalThis, { picker });
    });

  /** How often a picker was opened since. */
  const opened = () => app.app.evaluate(() => (globalThis as unknown as { picker: Picker }).picker.opened);
  const answer = (path: string) =>
    app.app.evaluate(
      (_, picked) => (globalThis as unknown as { picker: Picker }).picker.answer(picked),
      path,
    );

  test('has the path of a private key in its field, and the form takes it as typed', async () => {
    await go('Credential stores');
    await page.getByText('trustkeep-store').first().click();
    await button('Add credential').first().click();
    expect(await offered()).toEqual(['privatekeypath']);
    await willPick('/home/ann/.ssh/id_ed25519');
    await dialog().getByRole('button', { name: 'Browse… Private key path', exact: true }).click();
    await expect.poll(() => field('privatekeypath').inputValue()).toBe('/home/ann/.ssh/id_ed25519');
    expect(await dialog().innerText()).toContain('--privatekeypath /home/ann/.ssh/id_ed25519');
    await picture('credential-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('credential-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.mouse.click(4, 300); // beside the dialog: closes a form in which nothing was typed
    expect(await field('privatekeypath').isVisible()).toBe(true);
  });

  test('changes nothing by closing the picker', async () => {
    await willPick(null);
    // the second opens when the window has the answer of the first
    const twice = async () => {
      await browse('privatekeypath').click();
      return opened();
    };
    await expect.poll(twice).toBeGreaterThan(1);
    expect(await field('privatekeypath').inputValue()).toBe('/home/ann/.ssh/id_ed25519');
    await close();
  });

  test('keeps what was typed while the picker was open, and opens no second one', async () => {
    await button('Add credential').first().click();
    await willWait();
    await browse('privatekeypath').click();
    await browse('privatekeypath').click();
    await field('id').fill('web1');
    await expect.poll(opened).toBe(1);
    await answer('/srv/key');
    await expect.poll(() => field('privatekeypath').inputValue()).toBe('/srv/key');
    expect(await field('id').inputValue()).toBe('web1');
    expect(await opened()).toBe(1);
    await close();
  });

  test('has the picked key read and kept, and another in its place later', async () => {
    await button('Add credential').first().click();
    await field('id').fill('web1');
    await field('username').fill('deploy');
    await willPick(keyFile('first'));
    await browse('privatekeypath').click();
    await expect.poll(() => field('privatekeypath').inputValue()).not.toBe('');
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('web1').first().click();
    const key = async () => /SHA256:\S+/.exec(await dialog().innerText())?.[0];
    await expect.poll(key).toBeDefined();
    const first = await key();
    await dialog().getByRole('button', { name: 'Edit', exact: true }).click();
    expect(await field('privatekeypath').getAttribute('placeholder')).toBe('unchanged');
    await dialog().locator('[data-take-away=privatekeypath]').click();
    await picture('kept');
    await willPick(keyFile('second'));
    await browse('privatekeypath').click();
    await expect.poll(() => field('privatekeypath').inputValue()).not.toBe('');
    await dialog().getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(key).not.toBeOneOf([first, undefined]);
    await page.keyboard.press('Escape');
    await page.locator('[role=dialog]').waitFor({ state: 'detached' });
  });

  test('is offered it for the files of this machine in every form, and for none on another machine', async () => {
    await go('Credential stores');
    await button('Add credential store').click();
    expect(await offered()).toEqual([]);
    await field('authtype').selectOption('AppRoleFile');
    expect(await offered()).toEqual(['secretfile']);
    await dialog().getByRole('radio', { name: 'CyberArk' }).check();
    expect(await offered()).toEqual(['authcert']);
    await picture('cyberark');
    await close();

    await go('Endpoints');
    await button('Add endpoint').first().click();
    expect(await offered()).toEqual(['nginx_config_path']);
    await picture('nginx');
    await field('connection_type').selectOption('ssh');
    expect(await offered()).toEqual([]);
    await dialog().getByRole('radio', { name: 'Private key' }).check();
    expect(await offered()).toEqual(['ssh_key_path']);
    await picture('ssh');
    await dialog().getByRole('radio', { name: 'PEM file' }).check();
    expect(await offered()).toEqual(['ssh_key_path']);
    await field('connection_type').selectOption('local');
    expect(await offered()).toEqual(['path', 'install_script', 'restart_script']);
    await dialog().getByText('Advanced').click();
    await browse('key_path').waitFor();
    await willPick('/etc/tls/shop.pem');
    await browse('path').click();
    await expect.poll(() => field('path').inputValue()).toBe('/etc/tls/shop.pem');
    await picture('pem');
    await close();

    await go('Authorities');
    await button('Add authority').first().click();
    expect(await offered()).toEqual([]);
    await field('validation').selectOption('dns-01-script');
    expect(await offered()).toEqual(['dns_add_script', 'dns_remove_script']);
    await close();
  });

  test('picks the backup to restore, and types the name of a new one', async () => {
    await go('Settings');
    await button('Create backup…').click();
    expect(await offered()).toEqual([]);
    await close();
    await button('Restore…').click();
    expect(await offered()).toEqual(['path']);
    await willPick('/srv/backup/all.trustkeep');
    await dialog().getByRole('button', { name: 'Browse… File', exact: true }).click();
    await expect.poll(() => field('path').inputValue()).toBe('/srv/backup/all.trustkeep');
    await picture('restore');
    await close();
  });

  test('still can after the page was loaded again', async () => {
    await page.reload();
    await enter();
    await go('Credential stores');
    await page.getByText('trustkeep-store').first().click();
    await button('Add credential').first().click();
    await willPick('/again');
    await browse('privatekeypath').click();
    await expect.poll(() => field('privatekeypath').inputValue()).toBe('/again');
    await close();
  });
});
