import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HookReceiver, startHookReceiver } from '../servers/hook-receiver.ts';
import { type Desktop, electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';
import { soon } from './shell-harness.ts';

const electron = await electronForTests();

describe.skipIf(electron === null)('a person who is not at the desktop', () => {
  let desktop: Desktop;
  let launched: Launched;
  let page: Page;
  let receiver: HookReceiver;

  const paused = () => page.getByText('Automatic work is paused');
  const tooltip = async () => (await desktop.tray())?.tooltip;
  beforeAll(async () => {
    receiver = await startHookReceiver();
    desktop = await startDesktop();
    launched = await launchApp({ desktop });
    page = await launched.page();
    page.setDefaultTimeout(soon.timeout);
    await page.getByRole('button', { name: 'Show recovery key' }).click();
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Add the first endpoint').waitFor();
  });
  afterAll(async () => {
    await launched?.stop().finally(() => desktop?.stop());
    await receiver?.stop();
  });

  test('pauses from the tray, sees it in the window and after a restart, and resumes in the window', async () => {
    await desktop.choose('Pause for 1 hour');
    await paused().waitFor();
    await expect.poll(tooltip, soon).toMatch(/^Paused until .*\d:\d\d/);
    const { dataDirectory } = launched;
    await launched.stop();
    launched = await launchApp({ desktop, dataDirectory });
    page = await launched.page();
    page.setDefaultTimeout(soon.timeout);
    await paused().waitFor();
    await expect.poll(tooltip, soon).toMatch(/^Paused until .*\d:\d\d/);
    await page.getByRole('button', { name: 'Resume' }).click();
    await paused().waitFor({ state: 'detached' });
    await expect.poll(tooltip, soon).not.toContain('Paused');
  });

  test('has notifications sent to a webhook, with a test that arrives', async () => {
    await page.getByRole('navigation').getByText('Settings', { exact: true }).click();
    await page.getByRole('button', { name: 'Add channel' }).click();
    await page.getByRole('radio', { name: 'Webhook' }).check();
    await page.fill('[data-field=name]', 'chat');
    await page.fill('[data-field=url]', receiver.url);
    await page.fill('[data-field=secret]', 'a secret of two machines');
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Test: chat' }).click();
    await page.getByText('Delivered').waitFor();
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({ source: 'trustkeep', test: true });
  });

  test('is told by the desktop and by the channel of what needs a person, and finds it in the panel', async () => {
    await launched.app.evaluate(() => {
      const { trustkeepAgent } = globalThis as unknown as {
        trustkeepAgent: { agent: { askPerson(of: string): void } };
      };
      trustkeepAgent.agent.askPerson('The server asks for more.');
    });
    await expect
      .poll(async () => (await desktop.notifications()).at(-1)?.body, soon)
      .toBe('The server asks for more.');
    await expect.poll(() => receiver.requests.at(-1)?.body, soon).toContain('The server asks for more.');
    await expect
      .poll(async () => (await desktop.tray())?.menu.map(({ label }) => label), soon)
      .toContain('Waiting for you (1)');
    await desktop.choose('Waiting for you');
    await page.getByRole('heading', { name: 'Notifications', exact: true }).waitFor();
    await page.getByText('The server asks for more.').first().waitFor();
    await page.click('[data-bell]');
    await page.getByRole('dialog').getByText('The server asks for more.').waitFor();
  });
});
