import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('the agent behind the window', () => {
  const { open, calls, inspect, asksAgain } = pageHarness();

  it('follows the system into the dark', async () => {
    const opened = await open({ place: 'overview', colours: 'dark' });
    await inspect(opened, 'overview-dark');
    const back = await opened.page.evaluate(
      () =>
        getComputedStyle(document.querySelector('main') ?? document.body.firstElementChild ?? document.body)
          .color,
    );
    expect(back).toBe('rgb(255, 255, 255)');
  });

  it('says by border and system colour what it says by a background, where a person has colours of their own', async () => {
    const { page } = await open({ place: 'overview' });
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
    const looks = await page.evaluate(() => {
      const one = (selector: string, pseudo?: string) => {
        const element = document.querySelector(selector);
        return element === null ? null : getComputedStyle(element, pseudo);
      };
      const canvas = getComputedStyle(document.body).backgroundColor;
      const parts = [...document.querySelectorAll<HTMLElement>('[data-part]')].map((part) => {
        const { backgroundColor, borderTopStyle } = getComputedStyle(part);
        return backgroundColor === canvas ? borderTopStyle : 'filled';
      });
      const here = one('nav [aria-current]');
      return {
        parts,
        here: here?.borderTopColor !== canvas && here?.borderTopStyle,
        mark: one('nav [aria-current]', '::before')?.backgroundColor !== canvas,
        other: one('nav a:not([aria-current])')?.borderTopColor === canvas,
      };
    });
    await page.emulateMedia({ forcedColors: 'none' });
    expect(looks).toEqual({
      parts: ['filled', 'double', 'dotted', 'solid'],
      here: 'solid',
      mark: true,
      other: true,
    });
  });

  it('reads a count beside a place as what it counts, in a small window too', async () => {
    const opened = await open({ place: 'overview' });
    for (const width of [1180, 900]) {
      await opened.page.setViewportSize({ width, height: 700 });
      await opened.page.waitForSelector('nav >> role=link[name="Tasks 5 in progress"]');
      await opened.page.waitForSelector('nav >> role=link[name="Approvals 2 waiting"]');
      await opened.page.waitForSelector('nav >> role=link[name="Endpoints"]');
    }
  });

  it('begins at the first question: a gate, a form, a result', async () => {
    const focused = (page: Page) =>
      page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.textContent]);
    await expect.poll(async () => focused((await open({ scene: 'locked' })).page)).toEqual(['INPUT', '']);
    const { page } = await open({ scene: 'recovery' });
    await expect.poll(() => focused(page)).toEqual(['BUTTON', 'Show recovery key']);
    await open({ scene: 'first-start' });
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value))
      .toBe('key-file');
    await open({ place: 'endpoints' });
    await page.click('text=Add endpoint');
    await expect.poll(async () => (await focused(page))[0]).toBe('INPUT');
  });

  it('reaches the tabs of a screen as one, and walks them with the arrows', async () => {
    const { page } = await open({ place: 'certificates' });
    await page.focus('role=tab[name=Certificates]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForSelector('role=tab[name=Orders][selected]');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Certificates');
    expect(await page.locator('[role=tablist] [tabindex="0"]').count()).toBe(1);
  });

  it('keeps the recovery key on the screen until it is written down, and nowhere after', async () => {
    const { page } = await open({ scene: 'recovery' });
    // the agent says meanwhile that no key waits any more
    await asksAgain(page, 'secrets.state', () => page.click('text=Show recovery key'));
    const key = await page.innerText('[data-recovery-key]');
    expect(key).toMatch(/^TK1-/);
    expect(await page.isVisible('[data-recovery-key]')).toBe(true);
    expect(await page.isDisabled('role=button[name=Continue]')).toBe(true);
    await page.click('text=I have saved it');
    await page.click('role=button[name=Continue]');
    await page.waitForSelector('text=Add the first endpoint');
    expect(await page.content()).not.toContain(key);
  });

  it('unlocks with the passphrase and says when it is wrong', async () => {
    const { page } = await open({ scene: 'locked' });
    await page.fill('input[type=password]', 'wrong');
    await page.click('role=button[name=Unlock]');
    await page.waitForSelector('text=the last passphrase was wrong');
    expect(await page.inputValue('input[type=password]')).toBe('');
    await page.fill('input[type=password]', 'correct horse battery');
    await page.click('role=button[name=Unlock]');
    await page.waitForSelector('nav >> text=Endpoints');
  });

  it('says that the agent is away, and goes on when it is back', async () => {
    const { page } = await open({ place: 'tasks' });
    await page.evaluate('trustkeepFake.stop()');
    await page.waitForSelector('text=The connection to the agent was lost.');
    await page.evaluate('trustkeepFake.start()');
    await page.click('text=Try again');
    await page.waitForSelector('text=The connection to the agent was lost.', { state: 'detached' });
    await page.evaluate(`trustkeepFake.world.tasks.length = 1; trustkeepFake.changed('tasks')`);
    await page.waitForFunction(() => document.querySelectorAll('[data-row-link]').length === 1);
  });

  it('shows the new recovery key after a rotation until it is written down', async () => {
    const { page, troubles } = await open({ scene: 'passphrase', place: 'settings' });
    await page.click('text=Rotate master key…');
    await page.fill('[data-field=passphrase]', 'too short');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=The passphrase must be at least 12 characters long.');
    await page.fill('[data-field=passphrase]', 'marked passphrase');
    await page.fill('[data-field=passphrase-again]', 'marked passphrasf');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=The passphrases do not match.');
    await page.fill('[data-field=passphrase-again]', 'marked passphrase');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=214 secrets were encrypted again');
    await page.click('text=Show recovery key');
    const key = await page.innerText('[data-recovery-key]');
    await page.keyboard.press('Escape');
    expect(await page.isVisible('[data-recovery-key]')).toBe(true);
    await page.click('text=I have saved it');
    await page.click('role=button[name=Continue]');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    expect(await page.content()).not.toContain(key);
    expect((await calls(page))[0]).toEqual({
      command: 'secrets.rotate',
      input: { passphrase: 'marked passphrase' },
    });
    expect(troubles).toEqual([]);
  });

  it('switches one kind of notification off, and leaves alone what is typed beside it', async () => {
    const { page, troubles } = await open({ place: 'settings' });
    await page.fill('[data-field=watch_minutes]', '30');
    const successes = page.locator('role=switch[name=Successes]');
    expect(await successes.isChecked()).toBe(true);
    await successes.uncheck();
    await page.waitForSelector('text=trustkeep settings set --no-notify_successes');
    await page.locator('form', { has: successes }).locator('role=button[name=Save]').click();
    await expect
      .poll(() => calls(page))
      .toEqual([{ command: 'settings.set', input: { notify_successes: false } }]);
    await page.waitForSelector('text=trustkeep settings set --no-notify_successes', { state: 'detached' });
    expect(await successes.isChecked()).toBe(false);
    expect(await page.inputValue('[data-field=watch_minutes]')).toBe('30');
    expect(troubles).toEqual([]);
  });

  it('says what it is made of, that no one vouches for it, and shows each license', async () => {
    const opened = await open({ place: 'settings' });
    const { page, troubles } = opened;
    const about = page.locator('role=region[name=About]');
    expect(await about.innerText()).toContain('Not signed: ');
    await about.locator('role=button[name=better-sqlite3]').click();
    await page.waitForSelector('[role=dialog] >> text=Permission is granted to use better-sqlite3.');
    await inspect(opened, 'settings-about');
    expect(troubles).toEqual([]);
  });

  it('makes a backup, and restores one at the next start', async () => {
    const { page } = await open({ place: 'settings' });
    await page.click('text=Create backup…');
    await page.click('[role=dialog] >> role=button[name="Create backup"]');
    await page.waitForSelector('text=Enter the path of a file.');
    await page.fill('[data-field=path]', '/srv/backup/all.trustkeep');
    await page.fill('[data-field=passphrase]', 'marked passphrase');
    await page.fill('[data-field=passphrase-again]', 'marked passphrase');
    expect(await page.innerText('[role=dialog]')).toContain(
      'trustkeep backup create /srv/backup/all.trustkeep --passphrase-prompt',
    );
    await page.click('[role=dialog] >> role=button[name="Create backup"]');
    await page.waitForSelector('text=The backup was created (1.8 MB).');
    await page.click('text=Restore…');
    await page.fill('[data-field=path]', '/srv/backup/all.trustkeep');
    await page.fill('[data-field=passphrase]', 'another passphrase');
    await page.click('text=Check and restore');
    await page.waitForSelector('[data-failure="backup.wrong-passphrase"]');
    expect(await page.inputValue('[data-field=passphrase]')).toBe('');
    await page.fill('[data-field=passphrase]', 'correct horse battery');
    await page.click('text=Check and restore');
    await page.waitForSelector('text=replaces the database at the next start');
    await page.click('text=Stop Trustkeep now');
    await page.waitForSelector('text=Trustkeep is stopping');
    expect((await calls(page)).map((call) => call.command)).toEqual([
      'backups.create',
      'backups.restore',
      'backups.restore',
      'agent.stop',
    ]);
  });
});
