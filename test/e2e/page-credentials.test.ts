import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness, sizes } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('credentials in the window', () => {
  const { open, calls, asksAgain } = pageHarness();

  it('begins a page that was turned to with its first row', async () => {
    const { page } = await open({
      scene: 'many-credentials',
      place: 'credential-stores/cs_default',
      size: sizes[1],
    });
    await page.click('role=button[name=/Next/]');
    await page.waitForSelector('text=host-000100');
    const top = async () => (await page.locator('tbody tr').first().boundingBox())?.y;
    await expect.poll(top).toBeGreaterThan(0);
    expect(await top()).toBeLessThan(sizes[1].height);
  });

  it('walks through a hundred thousand credentials a hundred at a time', async () => {
    const { page, troubles } = await open({
      scene: 'many-credentials',
      place: 'credential-stores/cs_default',
    });
    const rows = () => page.locator('[data-row-link]').allInnerTexts();
    await page.waitForSelector('text=1–100 of 100,000');
    expect(await rows()).toHaveLength(100);
    await page.click('text=Next');
    await page.waitForSelector('text=101–200 of 100,000');
    expect((await rows())[0]).toBe('host-000100');
    await page.click('text=host-000107');
    await page.waitForSelector('[role=dialog] >> text=reveal');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('text=101–200 of 100,000'); // who looked at one is back where it is
    await page.click('text=Previous');
    await page.waitForSelector('text=1–100 of 100,000');
    await page.fill('[aria-label="Search by credential ID"]', '99999');
    await page.waitForSelector('text=1–1 of 1');
    expect(await rows()).toEqual(['host-099999']);
    await page.focus('[data-row-link]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] >> text=reveal');
    expect(troubles).toEqual([]);
  });

  it('adds a credential, changes it and takes its password away', async () => {
    const { page } = await open({ place: 'credential-stores/cs_default' });
    await page.click('text=Add credential');
    await page.fill('[data-field=id]', 'web-9');
    await page.fill('[data-field=username]', 'deploy');
    await page.fill('[data-field=password]', 'marked-password');
    expect(await page.innerText('[role=dialog]')).not.toContain('marked-password');
    await page.click('button[type=submit]');
    await page.click('text=web-9');
    await page.click('[role=dialog] >> role=button[name=Edit]');
    await page.click('[data-take-away=password]');
    await page.click('button[type=submit]');
    await page.waitForFunction(() => !document.querySelector('[data-take-away]'));
    const [added, changed] = await calls(page);
    expect(added?.input).toEqual({
      storename: 'cs_default',
      id: 'web-9',
      username: 'deploy',
      password: 'marked-password',
    });
    expect(changed?.input).toEqual({ storename: 'cs_default', id: 'web-9', changes: { password: null } });
  });

  it('gives the keyboard back where it was when what was opened is closed', async () => {
    const { page } = await open({ place: 'credential-stores/cs_default' });
    const here = () => page.evaluate(() => document.activeElement?.textContent);
    await page.focus('[data-row-link]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.click('[role=dialog] >> role=button[name=Remove]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    await expect.poll(here).toBe('Remove');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await expect.poll(here).toBe('intranet-root');
  });

  it('asks a vault only when a person says so', async () => {
    const { page } = await open({ place: 'credential-stores/cs_vault/shop%2Fweb-2' });
    const reads = () => page.evaluate('trustkeepFake.world.reads');
    await asksAgain(page, 'credentialStores.show', () =>
      page.evaluate(`trustkeepFake.changed('credentials', 'endpoints', 'credential-stores')`),
    );
    expect(await reads()).toEqual([]);
    await page.click('role=button[name="Look up"]');
    await page.waitForSelector('text=version 3, written 2026-11-01');
    expect(await reads()).toEqual(['cs_vault shop/web-2']);
    await page.fill('[data-field=look-up]', 'missing');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-failure="credential.not-found"]');
    expect(await page.isVisible('text=version 3, written 2026-11-01')).toBe(false);
  });
});
