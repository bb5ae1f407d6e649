import { describe, expect, test } from 'vitest';
import type { AgentEvent } from '#shared/contract/events.ts';
import { type Settings, settings } from '#shared/model/settings.ts';
import { clockAt, makeDatabase, now } from '#test/make/database.ts';
import { Events } from '../../../electron/agent/events.ts';
import type { Draft } from '../../../electron/agent/notification-words.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';
import { isWanted } from '../../../electron/agent/policies/wanted-notification.ts';
import { saveSettings } from '../../../electron/agent/settings.ts';

const one = (kind: Draft['kind'], level: Draft['level']): Draft => ({
  kind,
  level,
  title: kind,
  sentence: '',
});

/** Each choice, with what it switches off. */
const table: [keyof Settings, Draft[]][] = [
  ['notify_approvals', [one('approval-needed', 'attention')]],
  [
    'notify_failures',
    [
      one('failed', 'danger'),
      one('failed', 'attention'),
      one('restored', 'attention'),
      one('succeeded', 'attention'),
    ],
  ],
  ['notify_expiry', [one('renewal-at-risk', 'danger')]],
  ['notify_successes', [one('succeeded', 'success')]],
  ['notify_system', [one('system', 'attention'), one('keychain', 'attention')]],
];
const all = table.flatMap(([, drafts]) => drafts);

describe('which notifications appear', () => {
  test('all of them, until a person chooses', () => {
    expect(all.filter((draft) => !isWanted(draft, settings.parse({})))).toEqual([]);
  });

  test.each(table)('%s switches off its own and no other', (choice, drafts) => {
    const off = all.filter((draft) => !isWanted(draft, settings.parse({ [choice]: false })));
    expect(off).toEqual(drafts);
  });

  test('one that is switched off is listed, counted and told as a change, but does not appear', async () => {
    const fixture = makeDatabase();
    try {
      const clock = clockAt(now);
      const events = new Events(clock);
      const told: AgentEvent[] = [];
      events.on((event) => told.push(event));
      const notifications = new Notifications(fixture.database, events, clock);
      saveSettings(fixture.database, { notify_successes: false });
      notifications.notify(one('succeeded', 'success'));
      notifications.notify(one('failed', 'danger'));
      await Promise.resolve();
      expect(fixture.database.notifications.list({ limit: 10 })).toHaveLength(2);
      expect(fixture.database.overview(now).unreadNotifications).toBe(2);
      expect(told.filter(({ type }) => type === 'changed')).toHaveLength(2);
      const shown = told.flatMap((event) => (event.type === 'notification' ? [event.notification.kind] : []));
      expect(shown).toEqual(['failed']);
    } finally {
      fixture.remove();
    }
  });
});
