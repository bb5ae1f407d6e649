import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('the palette of the window', () => {
  const { open, calls, axe, inspect, resize } = pageHarness();
  const box = '[data-palette] [role=combobox]';
  const chosen = (page: Page) => page.locator('[data-palette] [aria-selected=true]').innerText();
  const titles = (page: Page) => page.locator('[data-palette] [role=option]').allInnerTexts();
  const opened = async (page: Page, text = ''): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.waitForSelector(`${box}:focus`);
    if (text !== '') await page.keyboard.type(text);
  };

  it('leads to a screen by a few letters, with one that is wrong', async () => {
    const { page, troubles } = await open();
    await opened(page, 'certifcates');
    await expect.poll(() => chosen(page)).toMatch(/^Certificates/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-screen=certificates]');
    await page.waitForSelector('[data-palette]', { state: 'detached' });
    expect(troubles).toEqual([]);
  });

  it('asks the agent for endpoints, nodes and certificates, and shows the one that is chosen by arrows', async () => {
    const { page } = await open();
    await opened(page, 'grafana');
    await expect.poll(async () => (await titles(page)).join()).toMatch(/Node/);
    const before = await chosen(page);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => chosen(page)).not.toBe(before);
    const active = await page.getAttribute(box, 'aria-activedescendant');
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("grafana")');
    // next time it is the first
    await opened(page);
    await expect.poll(() => chosen(page)).toMatch(/^grafana/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-palette]', { state: 'detached' });
    await page.evaluate(() => localStorage.clear());
  });

  it('tells certificates of one name apart by their ends and fingerprints', async () => {
    const { page } = await open();
    await opened(page, 'shop');
    const certificate = /^(.+)\nCertificate, until \d+ \w+ \d{4}, [0-9a-f]{8}…[0-9a-f]{8}$/;
    const shown = async () => (await titles(page)).filter((title) => certificate.test(title));
    await expect.poll(shown).not.toEqual([]);
    expect(new Set(await shown()).size).toBe((await shown()).length);
    await page.keyboard.press('Escape');
  });

  it('renews, verifies and discovers what is named behind the verb, and says what failed', async () => {
    const { page } = await open();
    await opened(page, 'discover shop-web-1');
    await expect.poll(() => chosen(page)).toMatch(/^Discover nodes of shop-web-1/);
    await page.evaluate(`trustkeepFake.nextFailure = 'bad-disk'`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-palette] [data-failure="database.io"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-screen=tasks]');
    expect((await calls(page)).map(({ command }) => command)).toEqual([
      'endpoints.discover',
      'endpoints.discover',
    ]);
  });

  it('opens the forms of what is added or requested over any screen', async () => {
    const { page } = await open({ place: 'audit' });
    await opened(page, 'request checkout');
    await expect.poll(() => chosen(page)).toMatch(/^Request certificate for shop-web-1\/checkout/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] >> text=Request a certificate for');
    // while a dialog asks something, the keys are its own
    await page.keyboard.press('Control+k');
    expect(await page.locator('[data-palette]').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.click('role=button[name=/^Search/]');
    await page.keyboard.type('add authority');
    await expect.poll(() => chosen(page)).toMatch(/^Add authority/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] >> text=Add authority');
  });

  it('has nothing that axe finds, in both colours, and fits into a small window', async () => {
    const window = await open();
    const { page } = window;
    await opened(page);
    expect(await axe(page)).toEqual([]);
    await inspect(window, 'palette');
    await page.keyboard.type('shop');
    await page.waitForSelector('[role=option] >> text=Node');
    await resize(window, { width: 900, height: 600 }, 'dark');
    expect(await axe(page)).toEqual([]);
    await inspect(window, 'palette-dark');
    await page.fill(box, 'zzzzqq');
    await page.waitForSelector('text=Nothing found');
    expect(await axe(page)).toEqual([]);
  });
});
