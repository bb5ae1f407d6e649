import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { HealthLevel, Overview } from '#shared/model/overview.ts';
import { Events } from '../../../electron/agent/events.ts';
import type { DesktopAgent } from '../../../electron/shell/desktop-agent.ts';
import { followAgent } from '../../../electron/shell/follow-agent.ts';
import { placeOf } from '../../../electron/shell/notice-place.ts';
import { startingFacts, type TrayFacts, trayView } from '../../../electron/shell/tray-view.ts';

const levels: HealthLevel[] = ['ok', 'attention', 'danger', 'unknown'];
const facts = (some: Partial<TrayFacts> = {}): TrayFacts => ({
  ...startingFacts,
  sentence: 'All is served.',
  ...some,
});
const noon = new Date(2026, 10, 30, 12).getTime();
const view = (some?: Partial<TrayFacts>) => trayView(facts(some), false, noon);
const labels = (some?: Partial<TrayFacts>) => view(some).lines.map((line) => line.label);

describe('the tray', () => {
  test('says the level in words, with the sentence', () => {
    const lines = levels.map((level) => labels({ level })[2]);
    expect(lines).toEqual([
      'OK: All is served.',
      'Needs attention: All is served.',
      'Action required: All is served.',
      'Unknown: All is served.',
    ]);
  });

  test('says whose it is, for who has several agents, and what is wrong behind it', () => {
    expect(labels()[0]).toBe('Open Trustkeep');
    expect(labels({ name: 'Office' })[0]).toBe('Open Trustkeep (Office)');
    expect(view({ name: 'Office', tooltip: 'All is served.' }).tooltip).toBe('Office: All is served.');
    const long = view({ name: 'n'.repeat(64), tooltip: 't'.repeat(63) }).tooltip;
    expect(long).toHaveLength(63);
    expect(long).toContain('…: ttttt');
    expect(view({ name: 'Office', pausedUntil: noon + 3_600_000 }).tooltip).toBe(
      'Office: Paused until 13:00.',
    );
  });

  test('has another picture for every level, on every system', () => {
    for (const kind of ['.png', '.ico', 'Template.png', 'Template@2x.png']) {
      const folder = join(import.meta.dirname, '../../../build/tray');
      const pictures = levels.map((level) => readFileSync(join(folder, `${level}${kind}`)).toString('hex'));
      expect(new Set(pictures).size).toBe(4);
    }
  });

  test.each(levels)('has a picture of %s in every size that the taskbar of Windows takes', (level) => {
    const icon = readFileSync(join(import.meta.dirname, '../../../build/tray', `${level}.ico`));
    const sizes = Array.from({ length: icon.readUInt16LE(4) }, (_, at) => icon[6 + 16 * at]);
    expect(sizes).toEqual([16, 20, 24, 32, 48]);
  });

  test('shows as a tooltip what the agent says in a few words', () => {
    const { tooltip } = view({ tooltip: 'web1: does not answer.', sentence: 'x'.repeat(300) });
    expect(tooltip).toBe('web1: does not answer.');
    expect(labels({ sentence: 'x'.repeat(300) })[2]).toHaveLength(99);
  });

  test('counts what waits for a person, and unread notifications only when there are some', () => {
    expect(labels()).toContain('Waiting for you (0)');
    expect(labels({ actionRequired: 2 })).toContain('Waiting for you (2)');
    expect(labels().join()).not.toContain('notification');
    expect(labels({ unreadNotifications: 1 })).toContain('1 unread notification');
    expect(labels({ unreadNotifications: 3 })).toContain('3 unread notifications');
  });

  test('offers to check for updates only where the build can update itself', () => {
    expect(labels()).not.toContain('Check for updates');
    expect(labels({ updates: true })).toContain('Check for updates');
  });

  test('offers to pause, and in a pause to resume, and says until when', () => {
    expect(labels()).toEqual(expect.arrayContaining(['Pause for 1 hour', 'Pause until tomorrow']));
    const today = new Date(2026, 10, 30, 14, 5).getTime();
    const paused = view({ pausedUntil: today, level: 'danger' });
    expect(paused.tooltip).toBe('Paused until 14:05. Action required.');
    expect(paused.lines.map(({ label }) => label)).toContain('Resume (paused until 14:05)');
    expect(paused.lines.map(({ label }) => label).join()).not.toContain('Pause for');
    const tomorrow = view({ pausedUntil: new Date(2026, 11, 1, 6).getTime(), level: 'ok' });
    expect(tomorrow.tooltip).toMatch(/^Paused until Tue,? 1 Dec, 6:00\.$/);
  });

  test('keeps every tooltip of its own below 64 characters', () => {
    const longest = view({ pausedUntil: new Date(2026, 8, 23, 23, 59).getTime(), level: 'attention' });
    expect(longest.tooltip.length).toBeLessThan(64);
    expect(startingFacts.tooltip.length).toBeLessThan(64);
  });

  test('begins with opening and ends with quitting', () => {
    expect(labels()[0]).toBe('Open Trustkeep');
    expect(labels().at(-1)).toBe('Quit');
  });
});

test('a click on a notification leads to the approval first, then to the task, else to the list', () => {
  expect(placeOf({ approvalId: 'apr_1', taskId: 'task_1' })).toEqual({
    screen: 'approval',
    approvalId: 'apr_1',
  });
  expect(placeOf({ approvalId: null, taskId: 'task_1' })).toEqual({ screen: 'task', taskId: 'task_1' });
  expect(placeOf({ approvalId: null, taskId: null })).toEqual({ screen: 'notifications' });
});

describe('what the agent tells', () => {
  function follow() {
    const events = new Events(systemClock);
    const overview = {
      level: 'ok',
      sentence: 'Fine.',
      tooltip: 'Fine.',
      actionRequired: 0,
      name: null as string | null,
    };
    const painted: TrayFacts[] = [];
    const told: string[] = [];
    let soon: (() => void) | null = null;
    const clock = {
      ...systemClock,
      after(_ms: number, run: () => void) {
        soon = run;
        return { cancel: () => (soon = null) };
      },
    };
    const end = followAgent(
      {
        agent: { events, wake() {} },
        overview: () => overview as unknown as Overview,
        questions: { pausedUntil: () => null, agentName: () => overview.name },
      } as unknown as DesktopAgent,
      {
        clock,
        paint: (now) => painted.push(now),
        notify: (notice) => told.push(notice.title),
        show: () => told.push('show'),
      },
    );
    return { events, overview, painted, told, end, later: () => soon?.() };
  }

  test('is painted at once, and again when the level changes', () => {
    const { events, painted } = follow();
    expect(painted.at(-1)?.level).toBe('ok');
    events.emit({ type: 'level', level: 'danger', sentence: 'www is not served.', tooltip: 'www', at: 1 });
    expect(painted.at(-1)).toMatchObject({ level: 'danger', sentence: 'www is not served.', tooltip: 'www' });
  });

  test('is painted with another name once the settings have it', () => {
    const { events, overview, painted, later } = follow();
    expect(painted.at(-1)?.name).toBeNull();
    overview.name = 'Office';
    events.changed('settings', null);
    later();
    expect(painted.at(-1)?.name).toBe('Office');
  });

  test('is painted once for many changes', () => {
    const { events, overview, painted, later } = follow();
    overview.actionRequired = 2;
    for (let row = 0; row < 50; row += 1) events.changed('approvals', `apr_${row}`);
    expect(painted).toHaveLength(1);
    later();
    expect(painted).toHaveLength(2);
    expect(painted.at(-1)?.actionRequired).toBe(2);
  });

  test('reaches the person: notifications and the request to show the window', () => {
    const { events, told, end } = follow();
    const notification = {
      id: 'ntf_1',
      kind: 'failed',
      level: 'danger',
      title: 'No',
      sentence: 'No.',
      taskId: null,
      approvalId: null,
      readAt: null,
      at: 1,
    } as const;
    events.emit({ type: 'notification', notification, at: 1 });
    events.emit({ type: 'show', at: 1 });
    expect(told).toEqual(['No', 'show']);
    end();
    events.emit({ type: 'show', at: 2 });
    expect(told).toHaveLength(2);
  });
});
