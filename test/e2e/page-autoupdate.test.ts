import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness, sizes } from './page-harness.ts';

const scenes = [
  'rich',
  'update-off',
  'update-package',
  'update-downloading',
  'update-ready',
  'update-failed',
];

describe.runIf(have('chromium-headless-shell'))('autoupdate in the window', () => {
  const { open, resize, inspect, calls, axe } = pageHarness();

  for (const scene of scenes)
    it(`draws ${scene} in both sizes, light, dark and in forced colours, so that axe finds nothing`, async () => {
      const opened = await open({ scene, place: 'autoupdate' });
      await opened.page.waitForSelector('[data-update]');
      await inspect(opened, `autoupdate-${scene}-light`);
      expect(await axe(opened.page)).toEqual([]);
      await resize(opened, sizes[1]);
      await inspect(opened, `autoupdate-${scene}-small`);
      await resize(opened, sizes[0], 'dark');
      await inspect(opened, `autoupdate-${scene}-dark`);
      expect(await axe(opened.page)).toEqual([]);
      await opened.page.emulateMedia({ forcedColors: 'active' });
      await inspect(opened, `autoupdate-${scene}-forced`);
      await opened.page.emulateMedia({ forcedColors: 'none' });
    });

  it('switches it off and on, and cannot where an administrator decided', async () => {
    const { page } = await open({ place: 'autoupdate' });
    await page.click('text=Check for updates regularly');
    await page.waitForSelector('[data-update=disabled] >> text=this asks the feed once');
    await page.click('text=Check for updates regularly');
    await page.waitForSelector('[data-update=idle]');
    expect((await calls(page)).map(({ command }) => command)).toEqual([
      'autoupdate.disable',
      'autoupdate.enable',
    ]);
    const decided = await open({ scene: 'update-off', place: 'autoupdate' });
    await decided.page.waitForSelector(
      'text=An administrator decided whether updates are fetched in /etc/trustkeep/policy.json.',
    );
    expect(await decided.page.isDisabled('role=switch[name="Check for updates regularly"]')).toBe(true);
  });

  it('names the command that updates a package, and offers to install nothing', async () => {
    const { page } = await open({ scene: 'update-package', place: 'autoupdate' });
    await page.waitForSelector('text=sudo apt-get update && sudo apt install --only-upgrade trustkeep');
    expect(await page.isVisible('text=Install and restart')).toBe(false);
  });

  it('asks before it installs, says what is at work, and waits for it when told to', async () => {
    const { page } = await open({ scene: 'update-ready', place: 'autoupdate' });
    await page.click('text=Install and restart');
    await page.click('[role=alertdialog] >> text="Install"');
    await page.waitForSelector('[data-failure="update.busy"]');
    await page.click('text=Install when no task works');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    expect((await calls(page)).map(({ command, input }) => [command, input])).toEqual([
      ['autoupdate.install', {}],
      ['autoupdate.install', { when_idle: true }],
    ]);
    await page.click('text=Go back to 0.0.9…');
    await page.click('[role=alertdialog] >> text="Go back"');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    expect((await calls(page)).at(-1)?.command).toBe('autoupdate.goBack');
  });

  it('shows how far a download is, stops it, and stores when to install', async () => {
    const { page } = await open({ scene: 'update-downloading', place: 'autoupdate' });
    expect(await page.getAttribute('[role=progressbar]', 'aria-valuetext')).toBe(
      '37 % (41.6 MB of 112.4 MB)',
    );
    await page.click('text=Stop the download');
    await page.waitForSelector('[data-update=available]');
    await page.selectOption('[data-field=install]', 'automatic');
    await page.fill('[data-field=window]', '02:00-04:30');
    await page.waitForSelector('text=trustkeep autoupdate set --install automatic --window 02:00-04:30');
    await page.click('text="Save"');
    await expect
      .poll(async () => (await calls(page)).at(-1))
      .toEqual({ command: 'autoupdate.set', input: { install: 'automatic', window: '02:00-04:30' } });
  });
});
