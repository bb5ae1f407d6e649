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
const labels = (some?: Partial<TrayFacts>) => trayView(facts(some), false).lines.map((line) => line.label);

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

  test('has another picture for every level, on every system', () => {
    for (const kind of ['.png', '.ico', 'Template.png', 'Template@2x.png']) {
      const folder = join(import.meta.dirname, '../../../build/tray');
      const pictures = levels.map((level) => readFileSync(join(folder, `${level}${kind}`)).toString('hex'));
      expect(new Set(pictures).size).toBe(4);
    }
  });

  test('keeps its tooltip below 100 characters', () => {
    const { tooltip } = trayView(facts({ sentence: 'x'.repeat(300) }), false);
    expect(tooltip).toHaveLength(99);
    expect(tooltip.endsWith('…')).toBe(true);
  });

  test('counts approvals in proper words, and unread notifications only when there are some', () => {
    expect(labels()).toContain('No plans to approve');
    expect(labels({ approvalsPending: 1 })).toContain('1 plan to approve');
    expect(labels({ approvalsPending: 2 })).toContain('2 plans to approve');
    expect(labels().join()).not.toContain('notification');
    expect(labels({ unreadNotifications: 3 })).toContain('3 unread notifications');
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
    const overview = { level: 'ok', sentence: 'Fine.', approvalsPending: 0, unreadNotifications: 0 };
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
    events.emit({ type: 'level', level: 'danger', sentence: 'www is not served.', at: 1 });
    expect(painted.at(-1)).toMatchObject({ level: 'danger', sentence: 'www is not served.' });
  });

  test('is painted once for many changes', () => {
    const { events, overview, painted, later } = follow();
    overview.approvalsPending = 2;
    for (let row = 0; row < 50; row += 1) events.changed('approvals', `apr_${row}`);
    expect(painted).toHaveLength(1);
    later();
    expect(painted).toHaveLength(2);
    expect(painted.at(-1)?.approvalsPending).toBe(2);
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
