import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { insecureSettings, makeBigip, restSettings } from '../make/bigip.ts';
import { choose } from './choose.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const patience = { timeout: 60_000 };

describe.skipIf(electron === null)('a person with a BIG-IP', () => {
  let bigip: Awaited<ReturnType<typeof makeBigip>>;
  let desktop: Launched;
  let page: Page;

  beforeAll(async () => {
    bigip = await makeBigip();
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
    await bigip?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('f5-failed');
  });

  const go = (name: string) => page.getByRole('navigation').getByText(name, { exact: true }).click();

  /** The screen as it is, in each kind of colors. */
  async function pictures(name: string): Promise<void> {
    for (const [kind, media] of Object.entries({
      light: { colorScheme: 'light', forcedColors: 'none' },
      dark: { colorScheme: 'dark', forcedColors: 'none' },
      forced: { colorScheme: 'dark', forcedColors: 'active' },
    } as const)) {
      await page.emulateMedia(media);
      await desktop.screenshot(`f5-${name}-${kind}`);
    }
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  }

  async function fillWhere(name: string): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'F5 BIG-IP', exact: true }).check();
    await dialog.getByLabel(/^Name/).fill(name);
    await dialog.getByLabel(/^Host\*?$/).fill(bigip.host);
    await dialog.getByLabel(/^Port\*?$/).fill(String(bigip.port));
    await dialog.getByLabel(/^User\*?$/).fill(bigip.user);
    await dialog.locator('[data-field=password]').fill(bigip.password);
  }

  test('is told the fingerprint of an unknown certificate, pins it, and sees the profiles', async () => {
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await fillWhere('bigip1');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const pin = restSettings(bigip).certificate ?? '';
    await dialog.getByText(pin, { exact: false }).first().waitFor(patience);
    await pictures('1-unknown');
    await dialog.getByRole('button', { name: /^Advanced/ }).click();
    await dialog.getByLabel(/^Certificate fingerprint/).fill(pin);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page.getByText('shop (default)').first().waitFor(patience);
    await page.getByText('Device certificate').first().waitFor(patience);
    await pictures('2-nodes');
  });

  test('requests a certificate, reads who shows it, and sees the proof', async () => {
    await page
      .getByRole('button', { name: /Request certificate for shop \(default\)/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }).click();
    await go('Approvals');
    await page.getByText('bigip1 / shop (default)').first().click(patience);
    await page.getByText('virtual server /Common/vs_child', { exact: false }).first().waitFor(patience);
    await pictures('3-plan');
    await page
      .getByRole('button', { name: /^Approve/ })
      .first()
      .click();
    await page.waitForURL(/#\/tasks\/./, patience);
    await page
      .getByText(/2 handshakes showed the new key and the full chain/)
      .first()
      .waitFor(patience);
    await pictures('4-proved');
    expect([...bigip.world.configuration.certs.keys()]).toContain('/Common/trustkeep_shop_default_1.crt');
    expect([...bigip.world.uploads.keys()]).toEqual([]);
  });

  test('makes an exception for a certificate that is not verified, and keeps seeing it', async () => {
    const { reason, until } = insecureSettings(bigip);
    await go('Endpoints');
    await page.getByRole('button', { name: 'Add endpoint' }).first().click();
    const dialog = page.getByRole('dialog');
    await fillWhere('lab');
    await choose(dialog.getByLabel(/^Connection type/), 'rest_insecure', 'REST, certificate not verified');
    await dialog.getByLabel(/^Reason for no verification/).fill(reason);
    await dialog.getByLabel(/^Unverified until/).fill(until);
    await pictures('5-exception');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.keyboard.press('Escape');
    await go('Overview');
    await page.getByText(`until ${until}: ${reason}`, { exact: false }).waitFor(patience);
    await pictures('6-overview');
  });
});
