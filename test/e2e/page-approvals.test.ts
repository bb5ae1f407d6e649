import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('approvals and tasks in the window', () => {
  const { open, calls } = pageHarness();

  it('approves exactly the plan that was on the screen', async () => {
    const { page } = await open({ place: 'approvals' });
    await page.click('[data-row-link]');
    const fingerprint = await page.innerText('dt:has-text("Plan fingerprint") + dd');
    await page.fill('[aria-label^=Comment]', 'looks right');
    await page.click('role=button[name=Approve]');
    await page.waitForSelector('h1:has-text("Certificate for")');
    const [call] = await calls(page);
    expect(call?.command).toBe('approvals.approved');
    expect(call?.input).toMatchObject({ fingerprint: fingerprint.trim(), comment: 'looks right' });
  });

  it('names a few of forty names wherever they stand, and all of them on demand', async () => {
    const { page } = await open({ scene: 'many-names', place: 'approvals' });
    const name = (number: number) =>
      page.locator('dd span', { hasText: new RegExp(`^shop-number-${number}\\.`) });
    expect(await page.innerText('[role=table], table')).toMatch(/shop-number-2\S* and 38 more/);
    await page.click('[data-row-link]');
    await name(8).waitFor();
    expect(await name(9).count()).toBe(0);
    await page.click('dt:text-is("Names") + dd >> role=button[name="32 more"]');
    await name(40).waitFor();
    await page.click('dt:text-is("Names") + dd >> role=button[name="Show fewer"]');
    await name(40).waitFor({ state: 'detached' });
    await page.evaluate(`location.hash = '#/endpoints'`);
    await page.click('text=shop-web-1');
    const row = 'tr:has-text("checkout.nordhafen.example")';
    expect(await page.innerText(row)).toMatch(/shop-number-2\S*\s+38 more/);
    expect((await page.locator(row).boundingBox())?.height).toBeLessThan(170);
    await page.evaluate(`location.hash = '#/audit'`);
    const entry = 'tr:has-text("A certificate was requested for shop-number-1")';
    expect((await page.locator(entry).boundingBox())?.height).toBeLessThan(130);
    await page.click(`${entry} >> [data-row-link]`);
    await page.waitForSelector('[role=dialog] >> text=/shop-number-40\\.customers/');
  });

  it('says who asked for a task', async () => {
    const { page } = await open({ place: 'tasks' });
    await page.click('text=Certificate for shop-web-2');
    await page.waitForSelector('dt:text-is("Started by") + dd:text-matches("^\\\\w+ \\\\(Window\\\\)$")');
  });

  it('takes the buttons away when the plan changes under the eyes of its reader', async () => {
    const { page } = await open({ place: 'approvals' });
    await page.click('[data-row-link]');
    await page.waitForSelector('role=button[name=Approve]');
    await page.evaluate(
      `trustkeepFake.world.approvals[0].plan.fingerprint = '${'e'.repeat(64)}'; trustkeepFake.changed('approvals')`,
    );
    await page.waitForSelector('text=The plan changed while you were reading it.');
    expect(await page.isVisible('role=button[name=Approve]')).toBe(false);
    await page.click('text=I have read it');
    await page.click('role=button[name=Approve]');
    await page.waitForSelector('h1:has-text("Certificate for")');
    expect((await calls(page))[0]?.input.fingerprint).toBe('e'.repeat(64));
  });

  it('draws a failure with its hint and what the other side said', async () => {
    const { page } = await open({ place: 'approvals' });
    await page.click('[data-row-link]');
    await page.evaluate(`trustkeepFake.nextFailure = 'bad-disk'`);
    await page.click('role=button[name=Reject]');
    await page.waitForSelector('[data-failure="database.io"]');
    expect(await page.innerText('[data-failure]')).toContain('Check the disk and the system log.');
    await page.click('[data-failure] >> text=What the server answered');
    expect(await page.innerText('[data-failure]')).toContain('SQLITE_IOERR_WRITE: disk I/O error');
  });

  it('shows what changes as it changes, and a notification as it comes', async () => {
    const { page } = await open({ place: 'tasks' });
    await page.click('text=Certificate for grafana / grafana');
    await page.waitForSelector('[data-step=restart][data-state=running]');
    await page.evaluate(`
      const task = trustkeepFake.world.tasks.find((one) => one.state === 'running');
      task.steps[8].state = 'done';
      trustkeepFake.changed('tasks');
      trustkeepFake.emit({ type: 'notification', at: 1, notification: { ...trustkeepFake.world.notifications[4], id: 'ntf_new', title: 'Done: new.nordhafen.example' } });`);
    await page.waitForSelector('[data-step=restart][data-state=done]');
    await page.waitForSelector('text=Done: new.nordhafen.example');
  });
});
