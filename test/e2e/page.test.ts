import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { type Opened, pageHarness, sizes } from './page-harness.ts';

describe.runIf(have('chromium'))('the window in a browser, with an agent behind a real port', () => {
  const { open, calls, inspect } = pageHarness();

  const places = [
    'overview',
    'endpoints',
    'certificates',
    'certificates/orders',
    'tasks',
    'approvals',
    'authorities',
    'notifications',
    'audit',
    'settings',
  ];
  const openings: Array<[name: string, place: string, scene: string, act?: (page: Page) => Promise<void>]> = [
    ...places.map((place): [string, string, string] => [place.replace('/', '-'), place, 'rich']),
    ...places.map((place): [string, string, string] => [`empty-${place.replace('/', '-')}`, place, 'empty']),
    ['first-start', 'overview', 'first-start'],
    ['recovery', 'overview', 'recovery'],
    ['locked', 'overview', 'locked'],
    ['missing', 'overview', 'missing'],
    ['endpoint', 'endpoints', 'rich', (page) => page.click('text=shop-web-1')],
    [
      'endpoint-that-cannot',
      'endpoints',
      'rich',
      async (page) => {
        await page.click('text=print-server');
        await page.click('role=tab[name=Checks]');
      },
    ],
    [
      'node',
      'endpoints',
      'rich',
      async (page) => {
        await page.click('text=shop-web-1');
        await page.click('[data-row-link] >> nth=1');
        await page.waitForSelector('[role=dialog] >> text=Next renewal');
      },
    ],
    ['add-endpoint', 'endpoints', 'rich', (page) => page.click('text=Add endpoint')],
    [
      'add-endpoint-ssh',
      'endpoints',
      'rich',
      async (page) => {
        await page.click('text=Add endpoint');
        await page.selectOption('[data-field=connection_type]', 'ssh');
        await page.click('text=Advanced');
      },
    ],
    [
      'add-pem',
      'endpoints',
      'rich',
      async (page) => {
        await page.click('text=Add endpoint');
        await page.click('text=PEM file >> nth=-1');
      },
    ],
    ['add-authority', 'authorities', 'rich', (page) => page.click('text=Add authority')],
    [
      'authority',
      'authorities',
      'rich',
      async (page) => {
        await page.click('text=Sectigo');
        await page.click('text=Test now');
        await page.waitForSelector('text=classic');
      },
    ],
    ['certificate', 'certificates', 'rich', (page) => page.click('[data-row-link]')],
    ['task-failed', 'tasks', 'rich', (page) => page.click('text=Certificate for shop-web-2')],
    ['task-running', 'tasks', 'rich', (page) => page.click('text=Certificate for grafana / grafana')],
    ['approval', 'approvals', 'rich', (page) => page.click('[data-row-link]')],
    ['notifications-panel', 'overview', 'rich', (page) => page.click('[data-bell]')],
    [
      'audit-broken',
      'audit',
      'broken',
      async (page) => {
        await page.click('text=Verify chain');
        await page.waitForSelector('text=broken at entry 31');
      },
    ],
  ];

  for (const size of sizes)
    describe(`at ${size.width} × ${size.height}`, () => {
      let last: (Opened & { scene: string; touched: boolean }) | null = null;

      /** A window that nobody touched is used again: only its place changes. */
      async function at(place: string, scene: string): Promise<Opened> {
        if (last !== null && last.scene === scene && !last.touched) {
          await last.page.evaluate((hash) => {
            window.location.hash = hash;
          }, `#/${place}`);
          await last.page.waitForSelector(`[data-screen=${place.split('/')[0]}] h1`);
          return last;
        }
        last = { ...(await open({ scene, place, size })), scene, touched: false };
        return last;
      }

      for (const [name, place, scene, act] of openings)
        it(`draws ${name} without trouble, within its width and with a name for every control`, async () => {
          const opened = await at(place, scene);
          if (last !== null) last.touched = act !== undefined;
          await act?.(opened.page);
          await inspect(opened, `${name}-${size.width}`);
        });
    });

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

  it('adds an endpoint with what was typed, and keeps the password off the screen and out of the command line', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.click('text=Add endpoint');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Name is required.');
    await page.fill('[data-field=name]', 'edge');
    await page.selectOption('[data-field=connection_type]', 'ssh');
    await page.fill('[data-field=host]', '10.0.0.9');
    await page.fill('[data-field=user]', 'deploy');
    await page.fill('[data-field=password]', 'hunter2 hunter2');
    expect(await page.getAttribute('[data-field=password]', 'type')).toBe('password');
    const text = await page.innerText('[role=dialog]');
    expect(text).toContain(
      'trustkeep tls add nginx --name edge --connection_type ssh --host 10.0.0.9 --user deploy --password-prompt',
    );
    expect(text).not.toContain('hunter2');
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-instance-id]');
    const [call] = await calls(page);
    expect(call).toMatchObject({
      command: 'endpoints.add',
      input: { type: 'nginx', name: 'edge', host: '10.0.0.9', password: 'hunter2 hunter2' },
    });
    await page.click('text=Open nodes');
    await page.waitForSelector('text=Nodes have not been discovered yet');
    expect(troubles).toEqual([]);
  });

  it('shows the plan before a certificate is requested, then follows the task', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.click('text=shop-web-1');
    await page.click('text=Request >> nth=0');
    expect(await page.inputValue('[role=dialog] textarea')).toBe('checkout.nordhafen.example');
    await page.click('text=Show plan');
    await page.waitForSelector('text=Also affected');
    expect(await calls(page)).toEqual([]);
    await page.click('[role=dialog] >> text=Request certificate');
    await page.waitForSelector('h1:has-text("Certificate for")');
    expect((await calls(page))[0]?.input).toMatchObject({
      names: ['checkout.nordhafen.example'],
      key_type: 'ec-p256',
    });
    expect(troubles).toEqual([]);
  });

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

  it('keeps the recovery key on the screen until it is written down, and nowhere after', async () => {
    const { page } = await open({ scene: 'recovery' });
    await page.click('text=Show recovery key');
    const key = await page.innerText('[data-recovery-key]');
    expect(key).toMatch(/^TK1-/);
    await page.waitForTimeout(500); // the agent says meanwhile that no key waits any more
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

  it('can be walked by keyboard alone', async () => {
    const { page } = await open({ place: 'endpoints' });
    await page.focus('[data-row-link]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('api-edge-fra');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("api-edge-fra")');
    await page.focus('[data-row-link]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
  });

  it('sorts and finds rows, and cuts long lists into pages', async () => {
    const { page } = await open({ scene: 'many', place: 'endpoints' });
    const rows = () => page.locator('[data-row-link]').allInnerTexts();
    await expect.poll(rows).toHaveLength(200);
    expect((await rows())[0]).toBe('edge-0000');
    await page.click('th >> text=Name');
    expect((await rows())[0]).toBe('edge-0999');
    expect(await page.getAttribute('th:has-text("Name")', 'aria-sort')).toBe('descending');
    await page.click('text=Next');
    expect((await rows())[0]).toBe('edge-0799');
    await page.fill('[aria-label="Search endpoints"]', 'edge-004');
    await expect.poll(rows).toHaveLength(10);
    await page.fill('[aria-label="Search endpoints"]', 'nothing like it');
    await page.waitForSelector('text=Nothing found');
  });
});
