import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness, sizes } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('the first steps', () => {
  const { open, calls, axe, inspect, resize } = pageHarness();
  const state = (page: Page, step: string) => page.getAttribute(`[data-step=${step}]`, 'data-state');
  const forget = (page: Page) => page.evaluate(() => localStorage.clear());

  it('are five, each done or left as it is where it stands, and none is lost when the window closes', async () => {
    const first = await open({ scene: 'empty' });
    await first.page.waitForSelector('[data-step=secrets][data-state=done]');
    expect(await first.page.locator('[data-step]').count()).toBe(5);
    await first.page.fill('[data-field=agent_name]', 'Branch office 7');
    await first.page.press('[data-field=agent_name]', 'Enter');
    await first.page.waitForSelector('[data-step=name][data-state=done]');
    await first.page.waitForSelector('text=Branch office 7');
    expect(await calls(first.page)).toEqual([
      { command: 'settings.set', input: { agent_name: 'Branch office 7' } },
    ]);
    await first.page.click('role=button[name="Connect directly"]');
    await first.page.waitForSelector('[data-step=outbound][data-state=skipped]');
    expect(await first.page.innerText('[data-step=endpoint]')).toContain('trustkeep rehearse');
    const { page } = await open({ scene: 'empty' });
    await page.waitForSelector('[data-step=outbound][data-state=skipped]');
    expect(await state(page, 'authority')).toBe('to-do');
    await page.click('[aria-label="Skip: Choose an authority"]');
    expect(await state(page, 'authority')).toBe('skipped');
    await forget(page);
  });

  it('lead to the first endpoint with one click before its form, and are resumed from the overview', async () => {
    const { page, troubles } = await open({ scene: 'empty' });
    await page.click('text=Add the first endpoint');
    await page.fill('[data-field=name]', 'web1');
    await page.click('[role=dialog] >> button[type=submit]');
    await page.waitForSelector('[data-instance-id]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('text=First steps: 2 of 5');
    await page.click('role=button[name=Continue]');
    await page.waitForSelector('[data-step=endpoint][data-state=done]');
    await page.click('[aria-label="Skip: Name this agent"]');
    await page.waitForSelector('text=First steps: 3 of 5');
    await page.click('role=button[name=Hide]');
    await page.waitForSelector('text=First steps', { state: 'detached' });
    expect(troubles).toEqual([]);
    await forget(page);
  });

  it('are not shown to who has endpoints already', async () => {
    const { page } = await open();
    await page.waitForSelector('text=What is served');
    expect(await page.locator('text=First steps').count()).toBe(0);
  });

  it('have nothing that axe finds, and fit into both sizes, light, dark and without colours of their own', async () => {
    const opened = await open({ scene: 'empty' });
    await opened.page.waitForSelector('[data-step=secrets][data-state=done]');
    expect(await axe(opened.page)).toEqual([]);
    await inspect(opened, 'first-steps');
    await resize(opened, sizes[1], 'dark');
    await inspect(opened, 'first-steps-dark');
    await opened.page.emulateMedia({ forcedColors: 'active' });
    await inspect(opened, 'first-steps-forced');
    await opened.page.emulateMedia({ forcedColors: 'none' });
    await forget(opened.page);
  });
});
