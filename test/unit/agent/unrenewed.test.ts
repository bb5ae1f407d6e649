import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServedFact } from '#shared/model/node.ts';
import { aCertificate, aFoundNode, aRenewal } from '#test/make/certificate-rows.ts';
import { clockAt, day, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { unrenewedTurn } from '../../../electron/agent/certificates/unrenewed.ts';
import type { Draft } from '../../../electron/agent/notification-words.ts';
import { expiryStage } from '../../../electron/agent/policies/unrenewed.ts';

const endpoint = anEndpoint();
let fixture: TestDatabase;
let told: Draft[];
beforeEach(() => {
  fixture = makeDatabase();
  fixture.database.endpoints.insert(endpoint);
  told = [];
});
afterEach(() => fixture.remove());

/** Discovers nodes whose certificates of 90 days have so many left. */
function found(left: Record<string, number>, at = now): Record<string, string> {
  const { database } = fixture;
  const nodes = Object.entries(left).map(([name, days]) => {
    const notAfter = now + days * day;
    return aFoundNode(name, {
      certificate: aCertificate(`${name} ${days}`, { notAfter, notBefore: notAfter - 90 * day }),
    });
  });
  const rows = database.nodes.reconcile(endpoint.id, nodes, at);
  return Object.fromEntries(rows.map(({ name, id }) => [name, id]));
}

function turnAfter(days: number): string[] {
  const { database } = fixture;
  told = [];
  unrenewedTurn({ database, clock: clockAt(now + days * day), notify: (draft) => told.push(draft) });
  return told.map(({ title }) => title);
}

const other = (at: number): ServedFact => ({
  state: 'other',
  fingerprint: 'f',
  sentence: 'Another one.',
  at,
});

describe('a certificate that nobody renews here', () => {
  test('is told of at 18, 6 and 1 of its 90 days and when it has expired, once each', () => {
    found({ shop: 30 });
    expect(turnAfter(0)).toEqual([]);
    expect(turnAfter(11.9)).toEqual([]);
    expect(turnAfter(12)).toEqual([expect.stringMatching(/\/shop expires in 18 days$/)]);
    expect(turnAfter(12.1)).toEqual([]);
    expect(turnAfter(24)).toEqual([expect.stringMatching(/expires in 6 days$/)]);
    expect(turnAfter(29.5)).toEqual([expect.stringMatching(/expires in 12 hours$/)]);
    expect(turnAfter(30)).toEqual([expect.stringMatching(/\/shop has expired$/)]);
    expect(told).toMatchObject([{ kind: 'renewal-at-risk', level: 'danger' }]);
    expect(turnAfter(400)).toEqual([]);
  });

  test('is told of again when another one took its place and nears its end', () => {
    found({ shop: 10 });
    expect(turnAfter(0)).toHaveLength(1);
    found({ shop: 100 });
    expect(turnAfter(1)).toEqual([]);
    expect(turnAfter(85)).toHaveLength(1);
    found({ shop: 99 });
    expect(turnAfter(85)).toHaveLength(1);
  });

  test('is not told of while this agent renews it', () => {
    const { shop = '' } = found({ shop: 2 });
    const fingerprint = fixture.database.nodes.get(shop)?.certificate?.fingerprint ?? '';
    fixture.database.renewals.upsert(aRenewal(shop, { fingerprint, nextAt: now }));
    expect(turnAfter(1)).toEqual([]);
    fixture.database.renewals.remove(shop);
    expect(turnAfter(1)).toHaveLength(1);
  });

  test('is told of at its true end though the clock was a year ahead for a while', () => {
    found({ shop: 30 });
    expect(turnAfter(365)).toHaveLength(1);
    expect(turnAfter(1)).toEqual([]);
    expect(turnAfter(12)).toEqual([expect.stringMatching(/expires in 18 days$/)]);
    // set back by some minutes
    expect(turnAfter(11.99)).toEqual([]);
    expect(turnAfter(12)).toEqual([]);
  });

  test('is told of once though it is not there for a while', () => {
    found({ shop: 30 });
    expect(turnAfter(12)).toHaveLength(1);
    found({}, now + 13 * day);
    expect(turnAfter(13)).toEqual([]);
    found({ shop: 30 }, now + 14 * day);
    expect(turnAfter(14)).toEqual([]);
    expect(turnAfter(24)).toHaveLength(1);
  });

  test('is told of together with the others that are new, the nearest to its end first', () => {
    found({ a: 5, b: -3, c: 17, d: 80 });
    expect(turnAfter(0)).toEqual(['3 nodes need attention: Trustkeep does not renew their certificates']);
    expect(told[0]?.level).toBe('danger');
    expect(told[0]?.sentence).toMatch(
      /^\S+\/b has expired, \S+\/a expires in 5 days, \S+\/c expires in 17 days\. /,
    );
  });
});

describe('a server that serves something else than its files', () => {
  test('is told of once files and server were both asked since, and again only after it was mended', () => {
    const { database } = fixture;
    const { shop = '' } = found({ shop: 80 });
    database.nodes.setServed(shop, other(now));
    expect(turnAfter(1)).toEqual([]);
    database.nodes.setServed(shop, other(now + 2 * day));
    expect(turnAfter(2)).toEqual([]);
    found({ shop: 80 }, now + 3 * day);
    expect(turnAfter(3)).toEqual([expect.stringMatching(/does not serve the certificate on its disk$/)]);
    database.nodes.setServed(shop, other(now + 4 * day));
    expect(turnAfter(4)).toEqual([]);
    database.nodes.setServed(shop, { ...other(now + 5 * day), state: 'same' });
    expect(turnAfter(5)).toEqual([]);
    database.nodes.setServed(shop, other(now + 6 * day));
    turnAfter(6);
    database.nodes.setServed(shop, other(now + 7 * day));
    found({ shop: 80 }, now + 7 * day);
    expect(turnAfter(7)).toHaveLength(1);
  });

  test('is told of once though it does not answer for a while, and though the clock was ahead when it was seen', () => {
    const { database } = fixture;
    const { shop = '' } = found({ shop: 80 });
    database.nodes.setServed(shop, other(now));
    expect(turnAfter(365)).toEqual([]);
    turnAfter(1);
    found({ shop: 80 }, now + 2 * day);
    database.nodes.setServed(shop, other(now + 2 * day));
    expect(turnAfter(2)).toHaveLength(1);
    database.nodes.setServed(shop, { ...other(now + 3 * day), state: 'unreachable' });
    expect(turnAfter(3)).toEqual([]);
    database.nodes.setServed(shop, other(now + 4 * day));
    expect(turnAfter(4)).toEqual([]);
  });

  test('that its program has renewed and reloaded since is not told of at all', () => {
    const { shop = '' } = found({ shop: 5 });
    fixture.database.nodes.setServed(shop, other(now));
    expect(turnAfter(0)).toEqual([]);
    found({ shop: 90 }, now + day);
    fixture.database.nodes.setServed(shop, { ...other(now + day), state: 'same' });
    expect(turnAfter(1)).toEqual([]);
  });
});

test.each([
  ['a year', 365, [22, 21, 7, 1, 0]],
  ['six days', 6, [1.3, 1.2, 0.4, 0.06, 0]],
])('The steps of a certificate of %s', (_what, life, left) => {
  const certificate = { notBefore: now, notAfter: now + life * day };
  expect(left.map((days) => expiryStage(certificate, certificate.notAfter - days * day))).toEqual([
    0, 1, 2, 3, 4,
  ]);
});
