import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HealthLevel } from '#shared/model/overview.ts';
import { type Desktop, electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';
import {
  agentIsThere,
  answerInPage,
  emit,
  history,
  notice,
  soon,
  textInPage,
  trayIsThere,
  windows,
} from './shell-harness.ts';
import type { StandInAgent } from './stand-in-agent.ts';

const electron = await electronForTests();

describe.skipIf(electron === null)('the desktop', () => {
  let desktop: Desktop;
  let launched: Launched;
  beforeAll(async () => {
    desktop = await startDesktop();
    launched = await launchApp({ flavour: 'e2e-shell', desktop });
    await agentIsThere(launched);
  });
  afterAll(async () => {
    await launched?.stop().finally(() => desktop.stop());
  });

  test('opens one window of its usual size and shows the page in it', async () => {
    const page = await launched.page();
    await page.getByRole('heading', { name: 'Trustkeep' }).waitFor();
    expect(await windows(launched)).toBe(1);
    const { size, smallest } = await launched.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return { size: window?.getSize(), smallest: window?.getMinimumSize() };
    });
    expect(size).toEqual([1180, 760]);
    expect(smallest).toEqual([900, 600]);
    expect(existsSync(await launched.screenshot('shell'))).toBe(true);
  });

  test('hands the page one port that reaches the agent, and one for requests', async () => {
    const page = await launched.page();
    await expect.poll(() => page.getByTestId('port').textContent(), soon).toBe('port 2');
    await expect.poll(() => page.getByTestId('answer').textContent(), soon).toBe('pong to ping');
  });

  test('opens the database with its native module', async () => {
    const version = await launched.app.evaluate(() =>
      (globalThis as unknown as { trustkeepAgent: StandInAgent }).trustkeepAgent.sqlite(),
    );
    expect(version).toMatch(/^3\.\d+/);
  });

  test('puts an icon into the tray that a strict desktop accepts, with the overview as its words', async () => {
    await expect
      .poll(() => desktop.tray(), soon)
      .toMatchObject({
        tooltip: 'All 3 nodes serve what they should.',
        menu: [
          { label: 'Open Trustkeep' },
          { label: '' },
          { label: 'OK: All 3 nodes serve what they should.' },
          { label: 'Waiting for you (0)' },
          { label: '' },
          { label: 'Pause for 1 hour' },
          { label: 'Pause until tomorrow' },
          { label: '' },
          { label: 'Check for updates' },
          { label: 'Start at login' },
          { label: 'Quit' },
        ],
      });
    expect(await desktop.refused()).toEqual([]);
  });

  test('changes the icon and the words with the level', async () => {
    const icon = async () => (await desktop.tray())?.icon;
    const ok = await icon();
    const icons = [ok];
    const levels: HealthLevel[] = ['attention', 'danger', 'unknown', 'ok'];
    const said = (level: HealthLevel) => ({ sentence: 'At length.', tooltip: `It is ${level} now.` });
    for (const level of levels) {
      await emit(launched, { type: 'level', level, ...said(level), at: 1 });
      await expect.poll(async () => (await desktop.tray())?.tooltip, soon).toBe(`It is ${level} now.`);
      if (level === 'ok') await expect.poll(icon, soon).toBe(ok);
      else await expect.poll(icon, soon).not.toBeOneOf([...icons, undefined]); // the picture may come after the words
      icons.push(await icon());
    }
    expect(new Set(icons).size).toBe(4);
  });

  test('counts what waits for a person in the menu', async () => {
    await launched.app.evaluate(() => {
      const { trustkeepAgent: agent } = globalThis as unknown as { trustkeepAgent: StandInAgent };
      agent.facts.actionRequired = 2;
      agent.agent.events.changed('approvals', 'apr_1');
    });
    await expect
      .poll(async () => (await desktop.tray())?.menu.map((line) => line.label), soon)
      .toContain('Waiting for you (2)');
  });

  test('notifies, and a click on the notification shows its task without loading the page again', async () => {
    const page = await launched.page();
    await page.evaluate('window.stillTheSame = true');
    await emit(launched, notice({}));
    await expect.poll(() => desktop.notifications(), soon).toHaveLength(1);
    const [shown] = await desktop.notifications();
    expect(shown).toMatchObject({
      title: 'Approval needed: www',
      body: 'Request for www.example.com is waiting for approval.',
      urgency: 1,
    });
    await desktop.invoke(shown?.id ?? 0);
    await expect.poll(() => page.getByTestId('place').textContent(), soon).toBe('#/tasks/task_7');
    expect(await page.evaluate('window.stillTheSame')).toBe(true);
  });

  test('marks what is in danger as urgent', async () => {
    await emit(launched, notice({ id: 'ntf_2', level: 'danger', title: 'Action required: www' }));
    await expect
      .poll(async () => (await desktop.notifications()).at(-1), soon)
      .toMatchObject({
        title: 'Action required: www',
        urgency: 2,
      });
  });

  test('destroys the window when it is closed, keeps the tray, and says once that it is still running', async () => {
    const pageProcesses = () =>
      launched.app.evaluate(({ app }) => app.getAppMetrics().filter((one) => one.type === 'Tab').length);
    const close = () =>
      launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const said = async () =>
      (await desktop.notifications()).filter((one) => one.title.includes('still running')).length;
    await close();
    await expect.poll(() => windows(launched), soon).toBe(0);
    await expect.poll(pageProcesses, soon).toBe(0);
    await expect.poll(said, soon).toBe(1);
    await trayIsThere(launched);
    await desktop.activate();
    await expect.poll(() => windows(launched), soon).toBe(1);
    await close();
    await expect.poll(() => windows(launched), soon).toBe(0);
    expect(await said()).toBe(1);
  });

  test('opens the window at a click on the tray, where the agent still answers', async () => {
    await desktop.activate();
    await expect.poll(() => windows(launched), soon).toBe(1);
    await expect.poll(() => answerInPage(launched), soon).toBe('pong to ping');
  });

  test('opens the window at what waits for a person from the menu of the tray', async () => {
    await desktop.choose('Waiting for you');
    await expect.poll(() => textInPage(launched, 'place'), soon).toBe('#/notifications/action-required');
  });

  test('loads a page again whose process ended, where the agent still answers', async () => {
    const processOfPage = () =>
      launched.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
      );
    const before = await processOfPage();
    await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    await expect.poll(processOfPage, soon).not.toBeOneOf([before, 0]);
    await expect.poll(() => answerInPage(launched), soon).toBe('pong to ping');
    expect(await windows(launched)).toBe(1);
  });

  test('shows the window again when it is started a second time, and the second one ends', async () => {
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => windows(launched), soon).toBe(0);
    expect(await launched.startAgain()).toBe(0);
    await expect.poll(() => windows(launched), soon).toBe(1);
    expect(await history(launched)).toEqual(['made', 'listen', 'start']);
  });

  test('stays in the tray when the second start was a hidden one', async () => {
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => windows(launched), soon).toBe(0);
    expect(await launched.startAgain(['--hidden'])).toBe(0);
    expect(await windows(launched)).toBe(0);
  });

  test('shows the window when the agent is told to (trustkeep show)', async () => {
    await emit(launched, { type: 'show', at: 1 });
    await expect.poll(() => windows(launched), soon).toBe(1);
  });

  test('starts at login when the person says so in the menu, and no longer when they take it back', async () => {
    const entry = join(desktop.home, 'config', 'autostart', 'com.trustkeep.desktop.desktop');
    const ticked = async () =>
      (await desktop.tray())?.menu.find((line) => line.label === 'Start at login')?.checked;
    expect(await ticked()).toBe(false);
    await desktop.choose('Start at login');
    await expect.poll(() => existsSync(entry), soon).toBe(true);
    expect(readFileSync(entry, 'utf8')).toContain('--hidden');
    await expect.poll(ticked, soon).toBe(true);
    await desktop.choose('Start at login');
    await expect.poll(() => existsSync(entry), soon).toBe(false);
    await expect.poll(ticked, soon).toBe(false);
  });

  test('looks again at what is due when the machine wakes up', async () => {
    await launched.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
    expect(await history(launched)).toContain('wake');
  });

  test('lets the agent finish its step when it is quit from the tray, and is gone then', async () => {
    const child = launched.app.process();
    await desktop.choose('Quit');
    await expect.poll(() => child.exitCode, soon).toBe(0);
    await expect.poll(() => desktop.tray(), soon).toBeNull();
    const log = readFileSync(join(launched.dataDirectory, 'desktop', 'logs', 'trustkeep.log'), 'utf8');
    expect(log).toContain('the agent works');
    expect(log).not.toContain('did not stop well');
  });
});
