import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Notification } from '#shared/model/notification.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { NotificationFilter } from '../../../electron/database/notifications.ts';
import { day, hour, makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { aNotification } from '../../make/rows.ts';
import { anApproval, aTask } from '../../make/task-rows.ts';

let fixture: TestDatabase;
let db: Database;
let at = now;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
  at = now;
});
afterEach(() => fixture.remove());

function told(some: Partial<Notification>): string {
  at += 1;
  const row = aNotification({ at, ...some });
  db.notifications.insert(row);
  return row.id;
}

function task(some: Parameters<typeof aTask>[0]): string {
  const row = aTask({ nodeId: `node_${at}`, ...some });
  at += 1;
  db.tasks.insert(row);
  return row.task.id;
}

const ids = (filter: Partial<NotificationFilter>) =>
  db.notifications.list({ limit: 100, ...filter }).map(({ id }) => id);

describe('notifications of one person', () => {
  test('are those of tasks begun in the window or on the command line under the same account', () => {
    const byAnn = ['gui' as const, 'cli' as const].map((origin) =>
      told({ taskId: task({ origin, actor: 'ann' }) }),
    );
    told({ taskId: task({ origin: 'server', actor: 'ann' }) });
    told({ taskId: task({ origin: 'agent', actor: null }) });
    told({ taskId: task({ origin: 'gui', actor: 'bob' }) });
    told({ taskId: null });
    expect(ids({ by: 'ann' }).toReversed()).toEqual(byAnn);
    expect(ids({ by: null })).toEqual([]);
    expect(ids({})).toHaveLength(6);
    expect(db.notifications.count('ann').kinds.find(({ kind }) => kind === 'succeeded')).toEqual({
      kind: 'succeeded',
      total: 2,
      unread: 2,
    });
    expect(db.tasks.count('ann')).toEqual({ live: 2, total: 2 });
    expect(db.tasks.count(undefined)).toEqual({ live: 5, total: 5 });
    expect(db.tasks.list({ by: 'ann', limit: 10 }).map(({ origin }) => origin)).toEqual(['cli', 'gui']);
  });
});

describe('what asks for a person', () => {
  test('is a plan until it is decided, and whatever else is no success until it is read', () => {
    const approval = anApproval();
    db.approvals.insert(approval);
    const asked = told({ kind: 'approval-needed', level: 'attention', approvalId: approval.id });
    const failed = told({ kind: 'failed', level: 'danger' });
    told({ kind: 'succeeded', level: 'success' });
    expect(ids({ actionRequired: true })).toEqual([failed, asked]);
    expect(ids({ actionRequired: false })).toHaveLength(1);
    db.notifications.markRead(null, now);
    expect(ids({ actionRequired: true })).toEqual([asked]);
    expect(db.notifications.count(undefined).actionRequired).toBe(1);
    expect(db.overview(now).actionRequired).toBe(1);
    db.approvals.update({ ...approval, state: 'approved' });
    expect(ids({ actionRequired: true })).toEqual([]);
    expect(db.overview(now).actionRequired).toBe(0);
  });

  test('a decided plan is read, and nothing else', () => {
    const one = told({ approvalId: 'apr_1' });
    const other = told({ approvalId: 'apr_2' });
    expect(db.notifications.hasAsked('apr_1')).toBe(true);
    expect(db.notifications.hasAsked('apr_3')).toBe(false);
    db.notifications.markDecided('apr_1', now);
    expect(ids({ unread: true })).toEqual([other]);
    expect(ids({ unread: false })).toEqual([one]);
  });
});

test('kinds are chosen, and pages follow each other without a gap, also within one millisecond', () => {
  const all = Array.from({ length: 7 }, () => {
    const id = told({ at: now, kind: 'failed' });
    told({ at: now, kind: 'restored' });
    return id;
  }).toReversed();
  const pages: string[] = [];
  for (let last: string | undefined; pages.length < 7; last = pages.at(-1))
    pages.push(...ids({ kinds: ['failed'], limit: 3, olderThan: last }));
  expect(pages).toEqual(all);
  expect(ids({ olderThan: all.at(-1), kinds: ['failed'] })).toEqual([]);
});

test('old ones are removed but for those that ask for a person, wait for a channel, or are among the newest', () => {
  const approval = anApproval();
  db.approvals.insert(approval);
  const settings = { kind: 'webhook' as const, url: 'https://hooks.example.org/', trustedRootsPem: null };
  db.channels.insert({ id: 'ch_1', name: 'chat', kind: 'webhook', settings, report: null, createdAt: now });
  const waits = told({});
  db.deliveries.enqueue(waits, now, now);
  const asked = told({ kind: 'approval-needed', level: 'attention', approvalId: approval.id });
  const unread = told({ kind: 'failed', level: 'danger' });
  const gone = [
    told({ kind: 'failed', level: 'danger', readAt: now }),
    told({}),
    told({ approvalId: 'apr_2' }),
  ];
  const [third, second, first] = [told({}), told({}), told({ at: now + day })];
  expect(ids({})).toHaveLength(9);
  const old = now + hour;
  expect(db.notifications.removeOld(now, 3, 100)).toBe(0);
  expect(db.notifications.removeOld(old, 9, 100)).toBe(0);
  expect(db.notifications.removeOld(old, 3, 2)).toBe(2);
  expect(ids({})).not.toContain(gone[0]);
  expect(ids({})).toContain(gone[2]);
  expect(db.notifications.removeOld(old, 3, 100)).toBe(1);
  expect(ids({})).toEqual([first, second, third, unread, asked, waits]);
  expect(db.notifications.removeOld(old, 1, 100)).toBe(2);
  expect(ids({})).toEqual([first, unread, asked, waits]);
});

test('the same words are known to be unread until they are read', () => {
  const words = { title: 'A server asks for a change', sentence: 'It wants more.' };
  expect(db.notifications.isUnread(words)).toBe(false);
  const id = told(words);
  expect(db.notifications.isUnread(words)).toBe(true);
  expect(db.notifications.isUnread({ ...words, sentence: 'It wants less.' })).toBe(false);
  db.notifications.markRead(id, now);
  expect(db.notifications.isUnread(words)).toBe(false);
});
