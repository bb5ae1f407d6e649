import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('the proxy in the window', () => {
  const { open, calls, axe } = pageHarness();

  it('counts a trial of the proxy down above every screen until somebody keeps it', async () => {
    const { page, troubles } = await open({ place: 'proxy' });
    await page.fill('[data-field=domain]', 'OTHER');
    await page.click('text=Save on trial for 60 s');
    await page.waitForSelector('[data-trial]');
    await page.click('nav >> text=Tasks');
    await page.waitForSelector('h1:has-text("Tasks")');
    expect(await axe(page)).toEqual([]);
    const left = await page.getAttribute('[data-trial]', 'data-trial');
    await page.waitForFunction(
      (then) => document.querySelector('[data-trial]')?.getAttribute('data-trial') !== then,
      left,
    );
    await page.click('text=Keep it');
    await page.waitForSelector('[data-trial]', { state: 'detached' });
    expect(await page.isVisible('text=was reverted')).toBe(false);
    expect((await calls(page)).map((call) => call.command)).toEqual(['proxy.set', 'proxy.confirm']);
    expect((await calls(page))[0]?.input).toEqual({
      host: 'proxy.nordhafen.internal',
      port: 3128,
      user: 'svc-trustkeep',
      domain: 'OTHER',
      bypass: ['*.nordhafen.internal', '10.0.0.0/8'],
      confirm: 60,
    });
    expect(troubles).toEqual([]);
  });

  it('says that the setting from before is back when nobody kept the trial', async () => {
    const { page } = await open({ scene: 'hurried', place: 'proxy' });
    await page.check('role=radio[name="No proxy"]');
    await page.click('text=Save on trial for 60 s');
    await page.waitForSelector('text=The proxy setting was reverted.');
    await expect.poll(() => page.inputValue('[data-field=host]')).toBe('proxy.nordhafen.internal');
  });

  it('asks for the password again when it would go to another proxy, and offers to save what was refused', async () => {
    const { page } = await open({ place: 'proxy' });
    await page.fill('[data-field=host]', 'wrong.example');
    await page.click('text=Test and save');
    await page.waitForSelector('text=Enter the password');
    await page.fill('[data-field=password]', 'marked-password');
    await page.click('text=Test and save');
    await page.waitForSelector('[data-failure="proxy.does-not-get-out"]');
    await page.click('text=Save without testing');
    await page.waitForSelector('text=It takes effect immediately');
    expect((await calls(page)).at(-1)?.input).toMatchObject({ host: 'wrong.example', try_first: false });
    expect(await page.inputValue('[data-field=password]')).toBe('');
  });

  it('examines one address when it is named', async () => {
    const { page } = await open({ place: 'proxy' });
    await page.fill('[data-field=doctor-url]', 'https://www.example.org');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-report=ok]');
    expect(await page.innerText('[data-report]')).toContain('The address was reached');
  });
});
