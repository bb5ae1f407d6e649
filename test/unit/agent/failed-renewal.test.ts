import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import type { Task } from '#shared/model/task.ts';
import { aCertificate, aFoundNode, aRenewal } from '#test/make/certificate-rows.ts';
import { clockAt, day, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { aTask } from '#test/make/task-rows.ts';
import { afterFailedRenewal } from '../../../electron/agent/certificates/failed-renewal.ts';
import { Events } from '../../../electron/agent/events.ts';
import { Notifications } from '../../../electron/agent/notifications.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

const minute = 60_000;

/** What is left of the schedule after a renewal ended with that failure. The certificate lives 90 days. */
function ended(
  code: FailureCode,
  left = 20 * day,
  reason: 'renewal' | 'request' = 'renewal',
  revoked: Certificate['revoked'] = null,
): Renewal | null {
  const { database } = fixture;
  const clock = clockAt(now);
  const life = { notBefore: now + left - 90 * day, notAfter: now + left };
  const certificate = aCertificate('shop', life);
  database.certificates.upsert(certificate);
  if (revoked !== null) database.certificates.markRevoked(certificate.fingerprint, revoked);
  const endpoint = anEndpoint();
  database.endpoints.insert(endpoint);
  const [node] = database.nodes.reconcile(endpoint.id, [aFoundNode('shop', { certificate })], now);
  const nodeId = node?.id ?? '';
  database.renewals.upsert(aRenewal(nodeId, { fingerprint: certificate.fingerprint, nextAt: now }));
  const failure: Task['failure'] = new Failure(code, 'It went wrong.').toData();
  const row = aTask({ endpointId: endpoint.id, nodeId, state: 'failed', failure });
  afterFailedRenewal(
    { ...row, memory: { ...row.memory, input: { reason } } },
    { database, clock, notifications: new Notifications(database, new Events(clock), clock) },
  );
  return database.renewals.get(nodeId);
}

describe('a renewal that failed', () => {
  test('is tried again after five minutes, and its failure is kept', () => {
    expect(ended('connection.lost')).toMatchObject({
      ...{ failures: 1, nextAt: now + 5 * minute, lastFailure: { code: 'connection.lost' } },
    });
  });

  test.each(['approval.rejected', 'task.cancelled'] as const)(
    'because a person said so (%s) is not proposed again for a day',
    (code) => {
      expect(ended(code)).toMatchObject({ failures: 1, nextAt: now + day });
    },
  );

  test('before it was due changes nothing of the schedule', () => {
    const renewal = ended('connection.lost', 60 * day);
    expect(renewal).toMatchObject({ failures: 0, because: 'fraction' });
    expect(renewal?.nextAt).toBeGreaterThan(now + 25 * day);
    expect(fixture.database.notifications.list({ limit: 10 })).toEqual([]);
  });

  test('is told loudly once less than a fifth of the lifetime is left, and not earlier', () => {
    ended('connection.lost', 19 * day);
    expect(fixture.database.notifications.list({ limit: 10 })).toEqual([]);
  });

  test('is told with what is left of the lifetime', () => {
    ended('connection.lost', 17 * day);
    expect(fixture.database.notifications.list({ limit: 10 })).toMatchObject([
      ...[{ kind: 'renewal-at-risk', level: 'danger', title: expect.stringContaining('expires in 17 days') }],
    ]);
  });

  test('of a certificate that has been revoked is told loudly from the first, however long it would live', () => {
    const revoked = { at: now - day, reason: null };
    expect(ended('connection.lost', 80 * day, 'renewal', revoked)).toMatchObject({
      ...{ failures: 1, because: 'back-off', nextAt: now + 5 * minute },
    });
    expect(fixture.database.notifications.list({ limit: 10 })).toMatchObject([
      { kind: 'renewal-at-risk', title: expect.stringMatching(/^The certificate of .* has been revoked$/) },
    ]);
  });

  test('and that a person only asked for once has no schedule to change', () => {
    expect(ended('connection.lost', 20 * day, 'request')).toMatchObject({ failures: 0, nextAt: now });
  });
});
