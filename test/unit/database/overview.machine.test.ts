import { describe, expect, test } from 'vitest';
import { aCertificate, aFoundNode, certificateFacts } from '../../make/certificate-rows.ts';
import { day, hour, now } from '../../make/database.ts';
import { aNotification } from '../../make/rows.ts';
import { anApproval, aTask } from '../../make/task-rows.ts';
import { db, endpointId, level, nodes, overview, prepareEstate } from './overview-estate.ts';

prepareEstate();

describe('the numbers', () => {
  test('An empty store is all zeros and says what to do', () => {
    const empty = overview();
    expect(empty).toMatchObject({
      level: 'unknown',
      endpoints: 1,
      nodes: { total: 0, managed: 0, same: 0, notServed: 0, unknown: 0 },
      certificates: { total: 0, expired: 0, within7Days: 0, within30Days: 0 },
      tasks: { live: 0, waiting: 0, failedLastDay: 0 },
      approvalsPending: 0,
      unreadNotifications: 0,
      worst: [],
    });
    expect(empty.sentence).toMatch(/add an endpoint/);
  });

  test('Everything is counted once, in its place', () => {
    nodes(
      { key: 'a', served: 'same' },
      { key: 'b', served: 'same', notAfter: now + 3 * day },
      { key: 'c', served: 'previous', notAfter: now - 1 },
      { key: 'd', served: 'unknown', notAfter: now + 20 * day },
      { key: 'e', served: 'other', managed: false },
    );
    db.certificates.upsert(aCertificate('replaced', { notAfter: now - 9 * day, orderNumber: 1000 }));
    for (const [index, state] of (['queued', 'running', 'waiting', 'waiting'] as const).entries())
      db.tasks.insert(aTask({ state, nodeId: `node_${index}` }));
    db.tasks.insert(aTask({ state: 'failed', finishedAt: now - hour }));
    db.tasks.insert(aTask({ state: 'failed', finishedAt: now - 25 * hour }));
    db.approvals.insert(anApproval());
    db.approvals.insert(anApproval({ state: 'rejected' }));
    db.notifications.insert(aNotification());
    db.notifications.insert(aNotification({ readAt: now }));
    expect(overview()).toMatchObject({
      endpoints: 1,
      nodes: { total: 5, managed: 4, same: 2, notServed: 1, unknown: 1 },
      certificates: { total: 6, expired: 1, within7Days: 1, within30Days: 2 },
      tasks: { live: 4, waiting: 2, failedLastDay: 1 },
      approvalsPending: 1,
      unreadNotifications: 1,
    });
  });

  test('A node that went missing counts nowhere', () => {
    nodes({ key: 'a', served: 'unreachable', notAfter: now - 1 }, { key: 'b', served: 'same' });
    db.nodes.reconcile(endpointId, [aFoundNode('b', { certificate: certificateFacts('b') })], now);
    expect(overview()).toMatchObject({
      level: 'ok',
      nodes: { total: 1, managed: 1 },
      certificates: { expired: 0 },
    });
  });
});

describe('the level', () => {
  test('All served as they should is ok', () => {
    nodes(
      { key: 'a', served: 'same' },
      { key: 'b', served: 'same' },
      { key: 'c', served: 'same', managed: false },
    );
    expect(overview()).toMatchObject({
      level: 'ok',
      sentence: 'All 2 managed nodes serve the expected certificates.',
      worst: [],
    });
  });

  test('What nobody looked at yet is not called served', () => {
    nodes({ key: 'a', served: 'same' }, { key: 'b' });
    expect(overview()).toMatchObject({
      level: 'ok',
      sentence: '1 of 2 managed nodes serves the expected certificate; the others are not verified.',
    });
  });

  test('Nodes without a certificate of ours are ok and said to be not managed', () => {
    nodes({ key: 'a', managed: false });
    expect(overview()).toMatchObject({ level: 'ok', sentence: '1 node is known, but not managed yet.' });
  });

  test.each(['previous', 'other', 'unreachable'] as const)(
    'A managed node served as %s is danger',
    (served) => {
      const ids = nodes({ key: 'a', served }, { key: 'b', served: 'same' });
      const seen = overview();
      expect(seen.level).toBe('danger');
      expect(seen.sentence).toMatch(/^web\/a: /);
      expect(seen.worst).toEqual([
        {
          nodeId: ids.get('a'),
          endpointId,
          name: 'web/a',
          level: 'danger',
          sentence: `a is served as ${served}.`,
          notAfter: now + 60 * day,
          managed: true,
          requestable: true,
          restartRequired: false,
        },
      ]);
    },
  );

  test('A managed node whose certificate has expired or is revoked is not among those that are OK', () => {
    nodes(
      { key: 'a', served: 'same', notAfter: now - 1 },
      { key: 'b', served: 'same' },
      { key: 'c', served: 'same' },
      { key: 'd', served: 'unknown', notAfter: now - 1 },
    );
    db.certificates.markRevoked(certificateFacts('b').fingerprint, { at: now, reason: 'superseded' });
    expect(overview().nodes).toMatchObject({ managed: 4, same: 1, notServed: 3, unknown: 0 });
  });

  test('An expired managed certificate is danger', () => {
    nodes({ key: 'a', served: 'same', notAfter: now - 3 * day });
    expect(overview()).toMatchObject({
      level: 'danger',
      sentence: 'web/a: certificate expired 3 days ago',
      worst: [{ level: 'danger', sentence: 'The certificate expired 3 days ago.' }],
    });
  });

  test('Seven days before expiry is attention; for short lives it is the last fifth', () => {
    nodes({ key: 'a', served: 'same', notAfter: now + 7 * day });
    expect(overview()).toMatchObject({
      level: 'attention',
      sentence: 'web/a: certificate expires in 7 days',
    });
    nodes({ key: 'b', served: 'same', notAfter: now + 7 * day + 1 });
    expect(level()).toBe('ok');
    nodes({ key: 'c', served: 'same', notBefore: now - 4 * day, notAfter: now + 2 * day });
    expect(level()).toBe('ok');
    nodes({ key: 'd', served: 'same', notBefore: now - 5 * day, notAfter: now + day });
    expect(level()).toBe('attention');
  });

  test('A waiting approval is attention', () => {
    nodes({ key: 'a', served: 'same' });
    db.approvals.insert(anApproval());
    expect(overview()).toMatchObject({ level: 'attention', sentence: '1 plan is waiting for approval.' });
  });

  test('A failed task is attention for a day, unless a later one made it good', () => {
    const id = nodes({ key: 'a', served: 'same' }).get('a')!;
    const at = { endpointId, nodeId: id };
    db.tasks.insert(aTask({ ...at, state: 'failed', restored: 'proved', finishedAt: now - 2 * hour }));
    expect(overview()).toMatchObject({ level: 'attention', worst: [{ nodeId: id, level: 'attention' }] });
    expect(db.overview(now + 23 * hour).level).toBe('ok');
    db.tasks.insert(aTask({ ...at, state: 'succeeded', finishedAt: now - 3 * hour }));
    expect(level()).toBe('attention');
    db.tasks.insert(aTask({ ...at, state: 'succeeded', finishedAt: now - hour }));
    expect(overview()).toMatchObject({ level: 'ok', tasks: { failedLastDay: 1 } });
  });

  test.each(['failed', 'unproved'] as const)('A failed task whose restore is %s is danger', (restored) => {
    const id = nodes({ key: 'a', served: 'same' }).get('a')!;
    db.tasks.insert(aTask({ endpointId, nodeId: id, state: 'failed', restored, finishedAt: now - hour }));
    expect(overview()).toMatchObject({ level: 'danger', worst: [{ nodeId: id, level: 'danger' }] });
  });

  test('Danger without a node is said all the same', () => {
    db.tasks.insert(aTask({ state: 'failed', restored: 'failed', finishedAt: now }));
    expect(overview()).toMatchObject({
      level: 'danger',
      sentence: 'A change failed, and the previous state is not proved to be back.',
      tooltip: 'A change failed, and it is not proved to be undone.',
    });
  });
});

test('The ten worst come worst first, and the sentence fits into a tooltip', () => {
  const long = 'n'.repeat(120);
  nodes(
    ...Array.from({ length: 12 }, (_, index) => ({
      key: `e${index}`,
      served: 'same' as const,
      notAfter: now + (index + 1) * hour,
    })),
    { key: long, served: 'unreachable' as const },
  );
  const seen = overview();
  expect(seen.worst).toHaveLength(10);
  expect(seen.worst[0]).toMatchObject({ name: `web/${long}`, level: 'danger' });
  expect(seen.worst.slice(1).map((row) => row.name)).toEqual(
    Array.from({ length: 9 }, (_, index) => `web/e${index}`),
  );
  expect(seen.sentence).toHaveLength(100);
  expect(seen.sentence).toMatch(/^web\/n+…n+: does not answer \(and 12 more\)$/);
  expect(seen.tooltip).toHaveLength(63);
  expect(seen.tooltip).toMatch(/^web\/n+…n+: does not answer \(and 12 more\)$/);
});
