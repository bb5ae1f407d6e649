import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

const panel = '[role=dialog]';
const items = `${panel} [data-notification]`;

describe.runIf(have('chromium-headless-shell'))('notifications in the window', () => {
  const { open, calls, axe } = pageHarness();

  it('opens from the bell with what is in progress, and each leads to its place and closes the panel', async () => {
    const { page } = await open({ place: 'overview' });
    await page.click('[data-bell]');
    await page.waitForSelector(`${panel} >> role=heading[name="In progress"]`);
    expect(await page.locator(`${panel} [data-tasks] li`).count()).toBeGreaterThan(0);
    await page.click(`${items} >> nth=0 >> a`);
    await page.waitForSelector('h1:has-text("shop")');
    expect(await page.evaluate('location.hash')).toMatch(/^#\/approvals\/apr_/);
    await page.waitForSelector(panel, { state: 'detached' });
    await page.click('[data-bell]');
    await page.click(`${panel} [data-tasks] a >> nth=0`);
    await page.waitForSelector(panel, { state: 'detached' });
    expect(await page.evaluate('location.hash')).toMatch(/^#\/tasks\/task_/);
  });

  it('shows what is in progress as it changes', async () => {
    const { page } = await open({ place: 'overview' });
    await page.click('[data-bell]');
    const lines = page.locator(`${panel} [data-tasks] li`);
    await lines.first().waitFor();
    const before = await lines.count();
    await page.evaluate(`
      for (const task of trustkeepFake.world.tasks) if (task.state === 'running') task.state = 'succeeded';
      trustkeepFake.changed('tasks');`);
    await expect.poll(() => lines.count()).toBeLessThan(before);
  });

  it('is filtered by kind and by who began the task, and says how many there are of each', async () => {
    const { page } = await open({ place: 'overview' });
    await page.click('[data-bell]');
    await page.waitForSelector(items);
    const all = await page.locator(items).count();
    const choice = page.locator(`${panel} select`);
    await choice.selectOption('approval-needed');
    const kinds = () =>
      page.locator(items).evaluateAll((found) => found.map((one) => one.getAttribute('data-notification')));
    await expect.poll(async () => [...new Set(await kinds())]).toEqual(['approval-needed']);
    const shown = `Approvals (${(await kinds()).length})`;
    expect(await choice.locator('option:checked').textContent()).toBe(shown);
    await choice.selectOption('tasks');
    await page.waitForSelector(`${panel} [data-tasks]`);
    const tasks = await page.locator(`${panel} [data-tasks] li`).count();
    await page.click(`${panel} >> role=tab[name="Started by me"]`);
    await expect.poll(() => page.locator(`${panel} [data-tasks] li`).count()).toBeLessThan(tasks);
    await choice.selectOption('everything');
    await expect.poll(() => page.locator(items).count()).toBeLessThan(all);
  });

  it('marks one as read, and all, and the bell counts what is left', async () => {
    const { page } = await open({ place: 'overview' });
    const unread = async () =>
      Number(/(\d+) unread/.exec((await page.getAttribute('[data-bell]', 'aria-label')) ?? '')?.[1] ?? 0);
    await expect.poll(unread).toBeGreaterThan(1);
    const before = await unread();
    await page.click('[data-bell]');
    await page.click(`${panel} >> role=button[name=/^Mark as read: /] >> nth=0`);
    await expect.poll(unread).toBe(before - 1);
    await page.click(`${panel} >> text=Mark all as read`);
    await expect.poll(unread).toBe(0);
    expect(await page.locator(`${panel} >> role=button[name=/^Mark as read: /]`).count()).toBe(0);
  });

  it('reads thousands of them batch by batch', async () => {
    const { page } = await open({ scene: 'many-notifications', place: 'notifications' });
    const shown = page.locator('main [data-notification]');
    await expect.poll(() => shown.count()).toBe(50);
    await page.click('text=Show older');
    await expect.poll(() => shown.count()).toBe(100);
    expect(await shown.last().innerText()).toContain('Done: host 99');
  });

  it('is worked by keys alone, and nothing in it is a hurdle for who does not see', async () => {
    const { page } = await open({ place: 'overview' });
    await page.focus('[data-bell]');
    await page.keyboard.press('Enter');
    await page.waitForSelector(items);
    expect(await axe(page)).toEqual([]);
    await page.focus(`${panel} [role=tab][aria-selected=true]`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${panel} [role=tab][aria-selected=true] >> text=Started by me`);
    await page.keyboard.press('Escape');
    await page.waitForSelector(panel, { state: 'detached' });
    await page.waitForFunction('document.activeElement?.hasAttribute("data-bell")');
  });

  it('opens at what waits for a person from the tray', async () => {
    const { page } = await open({ place: 'notifications/action-required' });
    await page.waitForSelector('main [data-notification]');
    expect(await page.locator('main select option:checked').textContent()).toMatch(/^Action required/);
    expect(await page.locator('main [data-notification=succeeded]').count()).toBe(0);
  });

  it('says above every screen that automatic work is paused, and resumes', async () => {
    const { page } = await open({ scene: 'paused', place: 'endpoints' });
    await page.click(
      'text=Automatic work is paused >> xpath=ancestor::*[@role="group" or @role="alert" or contains(@class,"fui-MessageBar")][last()] >> role=button[name=Resume]',
    );
    await page.waitForSelector('text=Automatic work is paused', { state: 'detached' });
    expect((await calls(page)).at(-1)?.command).toBe('agent.resume');
    await page.evaluate(`location.hash = '#/settings'`);
    await page.click('role=button[name="Pause for 1 hour"]');
    await page.waitForSelector('text=Automatic work is paused');
    expect((await calls(page)).at(-1)?.input).toEqual({ minutes: 60 });
  });

  it('adds a channel by its form, tests and removes it, and shows why one does not deliver', async () => {
    const { page } = await open({ scene: 'channels', place: 'settings' });
    await page.waitForSelector('[data-failure="email.login-refused"]');
    await page.click('text=Add channel');
    await page.click('role=radio[name=Webhook]');
    await page.fill('[data-field=name]', 'pager');
    await page.fill('[data-field=url]', 'https://pager.example/in');
    await page.fill('[data-field=secret]', 'a secret of 24 letters..');
    await page.click('[role=dialog] >> role=button[name=Add]');
    await page.click('role=button[name="Test: pager"]');
    await page.waitForSelector('li:has-text("pager") >> text=Delivered');
    const made = (await calls(page)).find(({ command }) => command === 'channels.add');
    expect(made?.input).toMatchObject({ kind: 'webhook', name: 'pager', url: 'https://pager.example/in' });
    await page.click('role=button[name="Remove: pager"]');
    await page.click('[role=dialog],[role=alertdialog] >> role=button[name=Remove]');
    await page.waitForSelector('li:has-text("pager")', { state: 'detached' });
  });
});
