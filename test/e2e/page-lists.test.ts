import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness, sizes } from './page-harness.ts';
import { saved, scrollThrough } from './page-lists.ts';

/** A list is sorted and drawn as its columns say, whichever screen it is on: the tests take the endpoints. */
describe.runIf(have('chromium-headless-shell'))('every list in the window', () => {
  const { open, calls, settled, axe, asksAgain, inspect, resize } = pageHarness();
  const rows = (page: Page) => page.locator('[data-row-link]').allInnerTexts();
  const list = 'table[aria-label=Endpoints]';
  const forget = (page: Page) => page.evaluate(() => localStorage.clear());

  it('draws of a hundred thousand rows those in sight, to the last one, without a stutter', async () => {
    const { page, troubles } = await open({ scene: 'vast', place: 'endpoints' });
    await page.waitForSelector('text=edge-000000');
    expect(await page.getAttribute(list, 'aria-rowcount')).toBe('100001');
    await settled(page);
    const seen = await scrollThrough(page, 60);
    expect(seen.empty).toBe(0);
    expect(seen.mostRows).toBeLessThan(60);
    expect(seen.longest).toBeLessThan(1_000); // of a task, in milliseconds, on a machine that has much to do
    await page.focus('[data-row-link]');
    await page.keyboard.press('End');
    await page.waitForSelector(`${list} tr[aria-rowindex="100001"] >> text=edge-099999`);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('edge-099999');
    await page.keyboard.press('Home');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('edge-000000');
    await page.click('th >> text=Name');
    await expect.poll(async () => (await rows(page))[0]).toBe('edge-099999');
    await page.fill('[aria-label="Search endpoints"]', 'edge-09999');
    await page.waitForSelector('text=10 of 100,000');
    await page.fill('[aria-label="Search endpoints"]', '');
    await page.click('[aria-label="Select all 100,000"]');
    await page.waitForSelector('text=100,000 selected');
    expect(troubles).toEqual([]);
    await forget(page);
  });

  it('does to all that are selected what was asked, and says for which it failed', async () => {
    const { page, troubles } = await open({ scene: 'many', place: 'endpoints' });
    await page.click('[aria-label="Select all 1,000"]');
    await page.click('role=button[name="Remove…"]');
    const dialog = page.locator('[data-bulk=remove]');
    await dialog.locator('text=Remove 1000 endpoints?').waitFor();
    expect(await dialog.innerText()).toContain('trustkeep tls remove edge-0000');
    expect(await calls(page)).toEqual([]);
    await page.evaluate(`trustkeepFake.nextFailure = 'bad-disk'`);
    await dialog.locator('role=button[name=Remove]').click();
    await dialog.locator('text=999 done, 1 failed').waitFor({ timeout: 90_000 });
    expect(await dialog.locator('[data-failure]').innerText()).toMatch(/^edge-0000: .+/);
    const removed = new Set((await calls(page)).map(({ input }) => input.endpoint));
    expect(removed.size).toBe(1000);
    await dialog.locator('role=button[name=Close]').click();
    await expect.poll(() => rows(page)).toEqual(['edge-0000']);
    await page.waitForSelector('text=1 selected');
    expect(troubles).toEqual([]);
  });

  it('leaves alone the selected rows that an action is not for, and those that are no longer found', async () => {
    const { page } = await open({ place: 'tasks' });
    const all = (await rows(page)).length;
    await page.click(`[aria-label="Select all ${all}"]`);
    await page.click('role=button[name="Cancel…"]');
    const dialog = page.locator('[data-bulk=cancel]');
    await dialog.locator('text=/\\d+ selected rows are left out/').waitFor();
    await dialog.locator('role=button[name=Cancel]').first().click();
    await page.fill('[aria-label="Search tasks"]', 'grafana');
    await expect.poll(async () => (await rows(page)).length).toBeLessThan(all);
    const found = await rows(page);
    await page.waitForSelector(`text=${found.length} selected`);
  });

  it('is walked, selected from and folded by keyboard alone', async () => {
    const { page } = await open({ place: 'endpoints' });
    const selected = () => page.locator('tr[aria-selected=true] [data-row-link]').allInnerTexts();
    const names = await rows(page);
    await page.focus('[data-row-link]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    expect(await selected()).toEqual(names.slice(1, 2));
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await selected()).toEqual(names.slice(1, 4));
    await page.keyboard.press('Shift+ArrowUp');
    expect(await selected()).toEqual(names.slice(1, 3));
    await page.keyboard.press('Control+a');
    expect(await selected()).toEqual(names);
    await page.keyboard.press('Escape');
    expect(await selected()).toEqual([]);
    await page.press('role=button[name=Group]', 'Enter');
    await page.press('role=menuitemradio[name=Type]', 'Enter');
    const [first = '', second = ''] = await page.locator('[data-fold]').allInnerTexts();
    expect(first).toMatch(/^nginx/);
    await page.focus('[data-fold]');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('[data-fold][aria-expanded=false]');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(second.replace('\n', ''));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1 >> text=/^(?!Endpoints)/');
    await forget(page);
  });

  it('is selected from by mouse: a box, a range with Shift, one more with Ctrl; a plain click still opens', async () => {
    const { page } = await open({ place: 'endpoints' });
    const names = await rows(page);
    const count = () => page.locator('tr[aria-selected=true]').count();
    await page.click(`[aria-label="Select ${names[1]}"]`);
    await page.click(`[aria-label="Select ${names[4]}"]`, { modifiers: ['Shift'] });
    expect(await count()).toBe(4);
    await page.click(`tr:has-text("${names[6]}") >> td >> nth=2`, { modifiers: ['Control'], force: true });
    expect(await count()).toBe(5);
    await page.click(`[aria-label="Select ${names[6]}"]`);
    expect(await count()).toBe(4);
    await page.click('role=button[name="Clear selection"]');
    expect(await count()).toBe(0);
    await page.click(`tr:has-text("${names[1]}") >> td >> nth=2`, { force: true });
    await page.waitForSelector(`h1:has-text("${names[1]}")`);
  });

  it('is filtered by the facts of its columns, and says so', async () => {
    const { page } = await open({ place: 'endpoints' });
    const all = (await rows(page)).length;
    await page.click('role=button[name=Filter]');
    await page.click('role=menuitemcheckbox[name=/^Not ready/]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('text=Status: Not ready');
    const left = await rows(page);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(all);
    await page.waitForSelector(`text=${left.length} of ${all}`);
    await page.click('role=button[name="Clear filters"]');
    await expect.poll(async () => (await rows(page)).length).toBe(all);
  });

  it('remembers its columns, their order and how it is sorted, and nothing of what is in it', async () => {
    const first = await open({ place: 'endpoints' });
    const heads = (page: Page) => page.locator(`${list} th`).allInnerTexts();
    await first.page.click('role=button[name=Columns]');
    await first.page.uncheck('role=checkbox[name=Connection]');
    await first.page.check('role=checkbox[name=Auto-renew]');
    await first.page.click('[aria-label="Move Status forward"]');
    await first.page.keyboard.press('Escape');
    await first.page.click('th >> text=Status');
    await first.page.click('th >> text=Name', { modifiers: ['Shift'] });
    const { page } = await open({ place: 'endpoints' });
    const shown = (await heads(page)).map((head) => head.split('\n')[0] ?? '').filter(Boolean);
    expect(shown.slice(0, 3)).toEqual(['Name', 'Type', 'Status']);
    expect(shown).toContain('Auto-renew');
    expect(await page.getAttribute('th:has-text("Status")', 'aria-sort')).toBe('ascending');
    expect(await page.getAttribute('th:has-text("Name")', 'aria-sort')).toBe('ascending');
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toMatch(/shop-web|10\.0\./);
    await page.click('role=button[name=Columns]');
    await page.click('role=button[name=Reset]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('th >> text=Connection');
    await forget(page);
  });

  it('is saved as CSV and JSON, as it is found or as it is selected, and copied as a command', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.fill('[aria-label="Search endpoints"]', 'shop');
    await expect.poll(async () => (await rows(page)).every((name) => name.includes('shop'))).toBe(true);
    const found = await rows(page);
    const csv = await saved(page, 'Save as CSV');
    expect(csv.name).toBe('trustkeep-endpoints.csv');
    expect(csv.text.split('\r\n').slice(1, -1)).toHaveLength(found.length);
    expect(csv.text).toMatch(/^\uFEFFName,Type,Connection,/);
    await page.click(`[aria-label="Select ${found[0]}"]`);
    const json = JSON.parse((await saved(page, 'Save as JSON')).text);
    expect(json).toHaveLength(1);
    expect(json[0]).toMatchObject({ name: found[0], type: 'nginx' });
    await page.click('role=button[name=Export]');
    await page.waitForSelector('text=trustkeep tls list');
    expect(troubles).toEqual([]);
  });

  it('asks again when it is told to', async () => {
    const { page } = await open({ place: 'endpoints' });
    await asksAgain(page, 'endpoints.list', () => page.click('role=button[name=Refresh]'));
  });

  it('has nothing that axe finds, grouped, filtered, with selected rows and with its menus open', async () => {
    const opened = await open({ place: 'endpoints' });
    const { page } = opened;
    await page.click('role=button[name=Group]');
    await page.click('role=menuitemradio[name=Type]');
    await page.click('role=button[name=Filter]');
    await page.click('role=menuitemcheckbox[name=/^Ready/]');
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.focus('[data-fold]');
    await page.keyboard.press('Control+a');
    expect(await axe(page)).toEqual([]);
    await inspect(opened, 'list-grouped');
    await resize(opened, sizes[1], 'dark');
    expect(await axe(page)).toEqual([]);
    await inspect(opened, 'list-grouped-dark');
    const right = async (one: string) =>
      (await page
        .locator(one)
        .last()
        .evaluate((cell) => cell.getBoundingClientRect().right)) | 0;
    expect(await right(`${list} th:visible`)).toBe(await right(list)); // no column without a head
    await page.emulateMedia({ forcedColors: 'active' });
    await inspect(opened, 'list-grouped-forced');
    await page.emulateMedia({ forcedColors: 'none' });
    await page.click('role=button[name=Columns]');
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.click('role=button[name="Discover nodes…"]');
    expect(await axe(page)).toEqual([]);
    await forget(page);
  });
});
