import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog as log } from '#kit/log.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import { settings } from '#shared/model/settings.ts';
import type { Task } from '#shared/model/task.ts';
import { aCertificate, aFoundNode, aRenewal } from '#test/make/certificate-rows.ts';
import { clockAt, day, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { renewTurn } from '../../../electron/agent/certificates/renew.ts';
import { driverOf } from '../../../electron/database/sqlite-database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

const labels = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Nodes that renew in a month, whose certificates have been revoked. */
function revoked(names: readonly string[], renewal: Partial<Renewal> = {}): EndpointNode[] {
  const { database } = fixture;
  const endpoint = anEndpoint();
  database.endpoints.insert(endpoint);
  const found = names.map((name) => aFoundNode(name));
  const nodes = database.nodes.reconcile(endpoint.id, found, now);
  for (const { id, name } of nodes) {
    const certificate = aCertificate(name);
    database.certificates.upsert(certificate);
    database.certificates.markRevoked(certificate.fingerprint, { at: now - day, reason: null });
    const { fingerprint } = certificate;
    database.renewals.upsert(aRenewal(id, { fingerprint, nextAt: now + 30 * day, ...renewal }));
  }
  return nodes;
}

/** The nodes whose renewal one turn began, and those that it gave up. */
async function turn(fault: Error | null = null, pausedUntil: number | null = null) {
  const [begun, lost]: [string[], string[]] = [[], []];
  const waitMs = await renewTurn({
    ...{ database: fixture.database, clock: clockAt(now), log, isLive: () => false, changed: () => {} },
    settings: () => settings.parse({}),
    authority: () => {
      throw new Error('no authority was expected to be asked');
    },
    renew(nodeId) {
      begun.push(nodeId);
      if (fault !== null) throw fault;
      return {} as Task;
    },
    replacedElsewhere: ({ id }) => void lost.push(id),
    pausedUntil: () => pausedUntil,
  });
  return { begun, lost, waitMs };
}

describe('a certificate that has been revoked', () => {
  test('is renewed now, although its time would come in a month', async () => {
    const [node] = revoked(['a']);
    expect((await turn()).begun).toEqual([node?.id]);
    expect(fixture.database.renewals.get(node?.id ?? '')?.because).toBe('revoked');
  });

  test('is not proposed again at each turn after a person rejected that', async () => {
    const [node] = revoked(['a'], { because: 'back-off', failures: 1, nextAt: now + day });
    expect((await turn()).begun).toEqual([]);
    expect(fixture.database.renewals.get(node?.id ?? '')?.nextAt).toBe(now + day);
  });

  test('is renewed now where an attempt had failed before it was revoked', async () => {
    const { database } = fixture;
    const [node] = revoked(['a'], { because: 'back-off', failures: 3, nextAt: now + day });
    const fingerprint = node?.certificate?.fingerprint ?? '';
    // what is known of it is not told as new
    database.certificates.markRevoked(fingerprint, { at: now, reason: null });
    expect((await turn()).begun).toEqual([]);
    driverOf(database).run('UPDATE certificates SET revoked_at = NULL');
    database.certificates.markRevoked(fingerprint, { at: now, reason: null });
    expect((await turn()).begun).toEqual([node?.id]);
  });

  test('is not renewed where another program has replaced it, which is told', async () => {
    const [node] = revoked(['a']);
    const found = aFoundNode('a', { certificate: aCertificate('other') });
    fixture.database.nodes.reconcile(node?.endpointId ?? '', [found], now);
    expect(await turn()).toMatchObject({ begun: [], lost: [node?.id] });
    expect(fixture.database.renewals.get(node?.id ?? '')).toBeNull();
  });

  test('with many others at once does not begin all of them in one turn', async () => {
    revoked(labels);
    const { begun, waitMs } = await turn();
    expect([begun.length, waitMs]).toEqual([5, 30_000]);
    expect((await turn()).begun).toHaveLength(1);
  });
});

test('A renewal that cannot be begun for whatever reason is not begun again at each turn', async () => {
  const [node] = revoked(['a']);
  expect((await turn(new TypeError('not a function'))).begun).toHaveLength(1);
  expect((await turn()).begun).toEqual([]);
  expect(fixture.database.renewals.get(node?.id ?? '')).toMatchObject({
    ...{ because: 'back-off', failures: 1, lastFailure: { code: 'internal' } },
  });
});

test('nothing is begun in a pause, and the next turn is at its end', async () => {
  revoked(labels);
  const paused = await turn(null, now + 60_000);
  expect(paused).toMatchObject({ begun: [], waitMs: 60_000 });
  expect((await turn()).begun).toHaveLength(5);
});
