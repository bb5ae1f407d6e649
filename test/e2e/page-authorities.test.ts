import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('the account of an authority in the window', () => {
  const { open, calls, axe, settled, holdsKeyboard } = pageHarness();

  async function atAccount() {
    const opened = await open({ place: 'authorities' });
    await opened.page.click('text=Sectigo');
    await opened.page.waitForSelector('role=button[name="Show account"]');
    return opened;
  }
  const button = (page: Page, name: string) => page.locator(`role=button[name="${name}"]`);
  const done = async (page: Page) => (await calls(page)).map(({ command }) => command);

  it('is asked for when a person wants to see it, and then can be changed', async () => {
    const { page, troubles } = await atAccount();
    expect(await button(page, 'Change key').count()).toBe(0);
    await button(page, 'Show account').click();
    await page.waitForSelector('text=https://acme.example/acct/4711');
    expect(await done(page)).toEqual([]);
    await button(page, 'Send contact').click();
    await page.waitForSelector('text=The CA accepted the contact');
    await button(page, 'Change key').click();
    await page.waitForSelector('text=The CA accepted a new key');
    await page.waitForSelector('text=vX9rTQ2pJm0c5o1yW7Kq3uGz8LhSdNfA4bEiRkPxYwM');
    expect(await done(page)).toEqual(['authorities.accountUpdate', 'authorities.accountRollKey']);
    expect(await axe(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });

  it('is deactivated only after a question, and then can be replaced, and nothing else', async () => {
    const { page, troubles } = await atAccount();
    await button(page, 'Show account').click();
    await button(page, 'Deactivate…').click();
    const question = page.locator('[role=alertdialog]');
    await question.locator('text=This cannot be undone.').waitFor();
    await question.locator('role=button[name="Cancel"]').click();
    expect(await done(page)).toEqual([]);
    await button(page, 'Deactivate…').click();
    await question.locator('role=button[name="Deactivate"]').click();
    await page.waitForSelector('text=The account was deactivated.');
    expect((await calls(page)).map(({ input }) => input.account)).toEqual(['https://acme.example/acct/4711']);
    expect(await done(page)).toEqual(['authorities.accountDeactivate']);
    for (const name of ['Send contact', 'Change key', 'Deactivate…'])
      expect(await button(page, name).count(), name).toBe(0);
    await button(page, 'Register new…').click();
    await question.locator('role=button[name="Register"]').click();
    await page.waitForSelector('text=https://acme.example/acct/4712');
    expect(await done(page)).toEqual(['authorities.accountDeactivate', 'authorities.accountRegister']);
    expect(troubles).toEqual([]);
  });

  it('is imported from a path, with the same line for the command line', async () => {
    const { page, troubles } = await atAccount();
    await button(page, 'Import…').click();
    const form = page.locator('[role=dialog]', { hasText: 'Import an account for' });
    await form.locator('role=button[name="Import"]').click();
    await form.locator('text=Path is required').or(form.locator('[role=alert]')).first().waitFor();
    expect(await done(page)).toEqual([]);
    await form.locator('[data-field=path]').fill('/etc/letsencrypt/accounts');
    expect(await form.innerText()).toMatch(
      /trustkeep authorities account import \S.* --path \/etc\/letsencrypt\/accounts/,
    );
    await form.locator('role=button[name="Import"]').click();
    await page.waitForSelector('text=certbot can still use it.');
    expect(await calls(page)).toEqual([
      {
        command: 'authorities.accountImport',
        input: { authority: expect.stringMatching(/^ca_/), path: '/etc/letsencrypt/accounts' },
      },
    ]);
    expect(troubles).toEqual([]);
  });

  it('keeps the keyboard in its panel, whatever was pressed last', async () => {
    const yes: Record<string, string> = { 'Register new…': 'Register', 'Deactivate…': 'Deactivate' };
    for (const name of ['Show account', 'Send contact', 'Register new…', 'Deactivate…']) {
      const { page } = await atAccount();
      await button(page, 'Show account').press('Enter');
      await button(page, 'Change key').waitFor();
      await button(page, name).press('Enter');
      const question = page.locator('[role=alertdialog]');
      if (name.endsWith('…')) {
        await holdsKeyboard(page, yes[name] ?? '');
        await question.locator('role=button >> nth=-1').press('Enter');
      }
      await page.waitForSelector(name === 'Show account' ? 'text=acct/4711' : '.fui-MessageBar');
      await question.waitFor({ state: 'detached' });
      await settled(page);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.fui-OverlayDrawer', { state: 'detached' });
    }
  });

  it('is none for an authority that is kept here', async () => {
    const { page } = await open({ place: 'authorities' });
    await page.click('[data-row-link] >> text=/^local$/');
    await page.waitForSelector('role=button[name="Show root"]');
    expect(await button(page, 'Show account').count()).toBe(0);
  });
});
