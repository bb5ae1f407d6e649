import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { aFoundNode, anOrder, aRenewal } from '../../make/certificate-rows.ts';
import { day, makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { aNotification, anAuthority, anEndpoint } from '../../make/rows.ts';
import { anApproval } from '../../make/task-rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

describe('approvals, authorities, renewals, notifications, settings', () => {
  test('The newest approval of a task is found, and lists go by state', () => {
    const first = anApproval({ createdAt: now, state: 'superseded' });
    const second = anApproval({ createdAt: now + 1 });
    db.approvals.insert(first);
    db.approvals.insert(second);
    expect(db.approvals.ofTask('task_1')).toEqual(second);
    expect(db.approvals.list(['pending'])).toEqual([second]);
    expect(db.approvals.list(undefined)).toEqual([second, first]);
    const decided = {
      ...second,
      state: 'approved' as const,
      decidedBy: 'ann',
      decidedOrigin: 'gui' as const,
      decidedAt: 9,
      comment: 'go',
    };
    db.approvals.update(decided);
    expect(db.approvals.get(second.id)).toEqual(decided);
    expect(db.approvals.get('apr_none')).toBeNull();
  });

  test('There is at most one default authority, however it is set', () => {
    const [one, two] = [
      anAuthority({ name: 'a', isDefault: true }),
      anAuthority({ name: 'b', isDefault: true }),
    ];
    db.authorities.insert(one);
    db.authorities.insert(two);
    expect(db.authorities.default()?.name).toBe('b');
    db.authorities.setDefault(one.id);
    expect(db.authorities.list().map((row) => row.isDefault)).toEqual([true, false]);
    db.authorities.update({ ...two, isDefault: true });
    expect(db.authorities.default()?.name).toBe('b');
    expect(() => db.authorities.setDefault('ca_none')).toThrow(
      expect.objectContaining({ code: 'database.row-gone' }),
    );
    expect(db.authorities.default()?.name).toBe('b');
    expect(() => db.authorities.insert(anAuthority({ name: 'a' }))).toThrow(
      expect.objectContaining({ code: 'authority.name-taken' }),
    );
  });

  test('Who uses an authority is said for people; finished orders do not count', () => {
    const one = anAuthority();
    db.authorities.insert(one);
    const policy = { autoApprove: false, autoRenew: true, authorityId: one.id, keyType: null };
    db.endpoints.insert(anEndpoint({ name: 'shop', policy }));
    db.endpoints.insert(anEndpoint({ name: 'other' }));
    db.orders.insert(anOrder({ authorityId: one.id, state: 'pending' }));
    db.orders.insert(anOrder({ authorityId: one.id, state: 'collected' }));
    expect(db.authorities.usedBy(one.id)).toEqual(['endpoint shop', 'order 1001 (pending)']);
    db.secrets.put(one.id, 'root-key', Secret.of('x'));
    db.authorities.remove(one.id);
    expect(db.authorities.find(one.name)).toBeNull();
    expect(db.secrets.has(one.id, 'root-key')).toBe(false);
  });

  test('A renewal is due at its time or when the authority is to be asked again', () => {
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    const nodes = db.nodes.reconcile(
      endpoint.id,
      ['a', 'b', 'c'].map((key) => aFoundNode(key)),
      now,
    );
    const [a, b, c] = nodes.map((node) => node.id);
    db.renewals.upsert(aRenewal(a!, { nextAt: now }));
    db.renewals.upsert(aRenewal(b!, { nextAt: now + 2 * day, ariAskAgainAt: now - 1 }));
    db.renewals.upsert(aRenewal(c!, { nextAt: now + 1 }));
    expect(db.renewals.due(now).map((row) => row.nodeId)).toEqual([a, b]);
    const failure = { code: 'x.y', sentence: 'No.', retry: 'later' as const };
    const changed = aRenewal(a!, {
      nextAt: now + day,
      failures: 2,
      lastFailure: failure,
      because: 'back-off',
    });
    db.renewals.upsert(changed);
    expect(db.renewals.get(a!)).toEqual(changed);
    db.renewals.remove(a!);
    expect(db.renewals.get(a!)).toBeNull();
    expect(db.renewals.list()).toHaveLength(2);
  });

  test('Notifications are counted until read, one or all', () => {
    const rows = [1, 2, 3].map((at) => aNotification({ at }));
    for (const row of rows) db.notifications.insert(row);
    expect(db.notifications.list({ limit: 2 }).map((row) => row.at)).toEqual([3, 2]);
    db.notifications.markRead(rows[0]!.id, now);
    expect(db.overview(now).unreadNotifications).toBe(2);
    db.notifications.markRead(null, now + 1);
    expect(db.overview(now).unreadNotifications).toBe(0);
    expect(db.notifications.list({ limit: 3 }).map((row) => row.readAt)).toEqual([now + 1, now + 1, now]);
  });

  test('Settings are set, replaced and removed by name', () => {
    expect(db.meta.get('x')).toBeNull();
    db.meta.set('x', '1');
    db.meta.set('x', '2');
    expect(fixture.reopen().meta.get('x')).toBe('2');
    fixture.database.meta.remove('x');
    expect(fixture.database.meta.get('x')).toBeNull();
  });
});
