import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { placeHash } from '#shared/page.ts';
import { AgentSlot } from '../../../electron/shell/agent-slot.ts';
import { desktopEntry, makeAutostart } from '../../../electron/shell/autostart.ts';
import type { DesktopAgent } from '../../../electron/shell/desktop-agent.ts';
import { readFlags } from '../../../electron/shell/flags.ts';
import { openLogFile } from '../../../electron/shell/log-file.ts';
import { firstState, onScreen, openDesktopState, parseState } from '../../../electron/shell/window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'trustkeep-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('flags', () => {
  test('name the data directory, taken from where the start happened, and the hidden start', () => {
    expect(readFlags(['trustkeep', '--data-directory=data', '--hidden'], '/home/me')).toEqual({
      dataDirectory: resolve('/home/me/data'),
      hidden: true,
      logLevel: 'info',
    });
  });

  test('name how much is logged, as for the service; what is no level changes nothing', () => {
    expect(readFlags(['trustkeep', '--log-level=debug'], '/').logLevel).toBe('debug');
    expect(readFlags(['trustkeep', '--log-level=1'], '/').logLevel).toBe('info');
  });

  test('pass over what is Chromium’s, and an empty directory', () => {
    expect(readFlags(['trustkeep', '--disable-gpu', '--data-directory='], '/')).toEqual({
      dataDirectory: null,
      hidden: false,
      logLevel: 'info',
    });
  });
});

describe('the state of the window', () => {
  test('is kept between starts', () => {
    const file = join(folder, 'desktop.json');
    openDesktopState(file).change({ bounds: { x: 5, y: 6, width: 1000, height: 700 }, maximized: true });
    expect(openDesktopState(file).get()).toEqual({
      bounds: { x: 5, y: 6, width: 1000, height: 700 },
      maximized: true,
      toldStillRunning: false,
    });
  });

  test.each([
    [null],
    [{}],
    [{ bounds: {} }],
    [{ bounds: { width: 'x', height: 1 } }],
    [{ bounds: { width: 1e9, height: 700 } }],
    ['text'],
  ])('begins anew when the file holds %j', (stored) => {
    expect(parseState(stored)).toEqual(firstState);
  });

  test('begins anew when the file is torn', () => {
    const file = join(folder, 'torn.json');
    writeFileSync(file, '{"bounds":{"wid');
    expect(openDesktopState(file).get()).toEqual(firstState);
  });

  test('is never smaller than the smallest window', () => {
    expect(parseState({ bounds: { width: 10, height: 10 } }).bounds).toEqual({ width: 900, height: 600 });
  });

  test('loses its place when that is on no screen any more', () => {
    const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
    const there = { x: 100, y: 100, width: 1000, height: 700 };
    expect(onScreen(there, screens)).toEqual(there);
    expect(onScreen({ ...there, x: 2500 }, screens)).toEqual({ width: 1000, height: 700 });
    expect(onScreen({ ...there, y: -500 }, screens)).toEqual({ width: 1000, height: 700 });
  });
});

describe('start at login', () => {
  const app = { getLoginItemSettings: () => ({}) as never, setLoginItemSettings: () => {} };
  const at = { platform: 'linux' as const, configHome: folder, executable: '/opt/Trustkeep/trustkeep' };
  const file = join(folder, 'autostart', 'com.trustkeep.desktop.desktop');

  test('is off, can be turned on, and off again', async () => {
    const autostart = makeAutostart(app, at);
    expect(autostart.isOn()).toBe(false);
    await autostart.set(true);
    expect(autostart.isOn()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/Trustkeep/trustkeep" --hidden\n');
    await autostart.set(false);
    await autostart.set(false);
    expect(existsSync(file)).toBe(false);
  });

  test('quotes the path of the application as the specification says', () => {
    expect(desktopEntry('/opt/a "b"/100%/$x')).toContain('Exec="/opt/a \\\\"b\\\\"/100%%/\\\\$x" --hidden\n');
  });

  test('asks the system where it keeps login items, and believes what a person switched off', async () => {
    const asked: object[] = [];
    const windows = makeAutostart(
      {
        getLoginItemSettings: () => ({ openAtLogin: true, executableWillLaunchAtLogin: false }) as never,
        setLoginItemSettings: (settings) => void asked.push(settings),
      },
      { ...at, platform: 'win32' },
    );
    expect(windows.isOn()).toBe(false);
    await windows.set(true);
    expect(asked).toEqual([{ openAtLogin: true, args: ['--hidden'] }]);
  });
});

test('the log is a file for its owner alone, and a long one makes room at the next start', async () => {
  const logs = join(folder, 'logs');
  openLogFile(logs, systemClock).info('hello', { password: 'hunter22' });
  const file = join(logs, 'trustkeep.log');
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('hello');
  expect(readFileSync(file, 'utf8')).not.toContain('hunter22');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, 'x'.repeat(6 * 1024 * 1024));
  const talkative = openLogFile(logs, systemClock, 'debug');
  expect(existsSync(`${file}.1`)).toBe(true);
  talkative.debug('anew');
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toContain('debug anew');
});

test('a place becomes the fragment that the page follows', () => {
  expect(placeHash({ screen: 'task', taskId: 'task_1' })).toBe('#/tasks/task_1');
  expect(placeHash({ screen: 'approval', approvalId: 'a/b' })).toBe('#/approvals/a%2Fb');
  expect(placeHash({ screen: 'overview' })).toBe('#/overview');
});

describe('the place for the agent', () => {
  type Port = Parameters<AgentSlot['attach']>[0];
  const port = (name: string) => ({ name }) as unknown as Port;
  function make(load: () => Promise<DesktopAgent>) {
    const history: string[] = [];
    const desktop = {
      attachPort: (one: unknown) => history.push(`port ${(one as { name: string }).name}`),
      stop: async () => void history.push('stop'),
    } as unknown as DesktopAgent;
    const slot = new AgentSlot({
      load: async () => {
        history.push('load');
        await load();
        return desktop;
      },
      start: async () => void history.push('start'),
      failed: (reason) => history.push(`failed ${(reason as Error).message}`),
    });
    return { slot, history };
  }
  const nothing = async () => ({}) as DesktopAgent;

  test('makes it once, however often it is begun', async () => {
    const { slot, history } = make(nothing);
    slot.begin();
    slot.begin();
    await slot.stop();
    slot.begin();
    expect(history).toEqual(['load', 'start', 'stop']);
  });

  test('keeps ports that come early, and hands on those that come late', async () => {
    const { slot, history } = make(nothing);
    slot.attach(port('early'));
    slot.begin();
    await expect.poll(() => history).toContain('start');
    slot.attach(port('late'));
    expect(history).toEqual(['load', 'port early', 'start', 'port late']);
  });

  test('tells when the agent cannot be made, and stops nothing then', async () => {
    const { slot, history } = make(async () => {
      throw new Error('locked');
    });
    slot.begin();
    await slot.stop();
    expect(history).toEqual(['load', 'failed locked']);
  });
});
