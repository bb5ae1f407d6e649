import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';
import { letsEncrypt } from './window/world/said-by-others.ts';

describe.runIf(have('chromium-headless-shell'))('certificates in the window', () => {
  const { open, calls, settled, holdsKeyboard } = pageHarness();

  it('are revoked after a question that names them, and shown to be still served', async () => {
    const { page, troubles } = await open({ place: 'certificates' });
    await page.click('[data-row-link] >> text=shop.nordhafen.example');
    await page.click('role=button[name="Revoke…"]');
    const dialog = page.locator('[role=dialog]', { hasText: 'Revoke the certificate for' });
    await dialog.locator('text=This cannot be undone.').waitFor();
    await dialog.locator('select').selectOption('key-compromise');
    expect(await dialog.innerText()).toMatch(
      /trustkeep certificates revoke [0-9a-f]{16} --reason key-compromise --fingerprint [0-9a-f]{16}/,
    );
    expect(await calls(page)).toEqual([]);
    await dialog.locator('role=button[name="Revoke"]').click();
    const done = page.locator('[role=dialog]', { hasText: 'is revoked' });
    await done.locator('text=Still served').first().waitFor();
    const fingerprint = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await calls(page)).toEqual([
      {
        command: 'certificates.revoke',
        input: { certificate: fingerprint, reason: 'key-compromise', fingerprint },
      },
    ]);
    await done.locator('role=button[name="Close"]').last().click();
    await page.waitForSelector('text=The private key may be known to others');
    expect(await page.isVisible('role=button[name="Revoke…"]')).toBe(false);
    expect(troubles).toEqual([]);
  });

  it('are exported into a file of the agent, with a password that nothing keeps', async () => {
    const { page, troubles } = await open({ place: 'certificates' });
    await page.click('[data-row-link] >> text=shop.nordhafen.example');
    await page.click('role=button[name="Export…"]');
    const dialog = page.locator('[role=dialog]', { hasText: 'Export the certificate for' });
    await dialog.getByLabel(/^File/).fill('/tmp/shop.p12');
    await dialog.getByLabel(/^Password/).fill('p12 password');
    await dialog.getByLabel('Encrypt in the old way (3DES, SHA-1), for old programs').check();
    const said = await dialog.innerText();
    expect(said).toMatch(/certificates export [0-9a-f]{16} --path \/tmp\/shop\.p12 --format pkcs12 --legacy/);
    expect(said).not.toContain('p12 password');
    await dialog.locator('role=button[name="Export"]').click();
    await dialog.getByText('/tmp/shop.p12 holds 2 certificates.').waitFor();
    const input = { path: '/tmp/shop.p12', format: 'pkcs12', legacy: true, password: 'p12 password' };
    expect(await calls(page)).toMatchObject([{ command: 'certificates.export', input }]);
    expect(troubles).toEqual([]);
  });

  it('are rehearsed where the CA has a test directory, before anything is requested', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.click('text=shop-web-1');
    await page.click('text=Request >> nth=0');
    const dialog = page.locator('[role=dialog]', { hasText: 'Request a certificate for' });
    await dialog.locator('select').first().selectOption(letsEncrypt);
    await dialog.locator('role=button[name="Rehearse"]').click();
    await page.waitForSelector('text=issued a certificate, which was thrown away.');
    expect((await calls(page)).map(({ command }) => command)).toEqual(['certificates.rehearse']);
    await page.click('role=button[name="Back"]');
    await dialog.locator('role=button[name="Show plan"]').waitFor();
    expect(troubles).toEqual([]);
  });

  it('keep the keyboard where Escape closes, when what was pressed is gone', async () => {
    const { page } = await open({ place: 'certificates' });
    await page.click('[data-row-link] >> text=shop.nordhafen.example');
    await page.press('role=button[name="Revoke…"]', 'Enter');
    await holdsKeyboard(page, 'Revoke');
    await page.press('[role=dialog] >> role=button[name="Revoke"]', 'Enter');
    await page.waitForSelector('text=Still served');
    await closed(page, 'text=Still served');
    await page.waitForSelector('text=Revoked just now');
    await closed(page, 'text=Revoked just now');
    for (const look of ['Rehearse', 'Show plan']) {
      await open({ place: 'endpoints' });
      await page.click('text=shop-web-1');
      await page.click('text=Request >> nth=0');
      await holdsKeyboard(page, 'Request certificate');
      const dialog = page.locator('[role=dialog]');
      await dialog.locator('select').first().selectOption(letsEncrypt);
      await dialog.locator(`role=button[name="${look}"]`).press('Enter');
      await dialog.locator('role=button[name="Back"]').waitFor();
      await closed(page, '[role=dialog]');
    }
  });

  async function closed(page: Page, what: string): Promise<void> {
    await settled(page);
    // a moment after what was pressed is gone
    await page.waitForFunction(
      () => document.activeElement?.closest('[role=dialog], [role=alertdialog]') instanceof HTMLElement,
    );
    await page.keyboard.press('Escape');
    await page.waitForSelector(what, { state: 'detached' });
  }
});
