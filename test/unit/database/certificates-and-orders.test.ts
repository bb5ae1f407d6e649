import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { aCertificate, aFoundNode, anOrder, certificateFacts } from '../../make/certificate-rows.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

describe('certificates', () => {
  test('Order number and chain are filled in once known, and never emptied again', () => {
    const chain = (text: string) => `-----BEGIN CERTIFICATE-----${text}`;
    db.certificates.upsert(aCertificate('shop'));
    db.certificates.upsert(aCertificate('shop', { chainPem: chain('from disk') }));
    db.certificates.upsert(aCertificate('shop', { chainPem: chain('other disk'), firstSeenAt: now + 5 }));
    const { fingerprint } = certificateFacts('shop');
    expect(db.certificates.get(fingerprint)).toMatchObject({
      chainPem: chain('from disk'),
      firstSeenAt: now,
    });
    db.certificates.upsert(aCertificate('shop', { chainPem: chain('authority'), orderNumber: 1001 }));
    db.certificates.upsert(aCertificate('shop', { chainPem: chain('disk again') }));
    expect(db.certificates.get(fingerprint)).toMatchObject({
      chainPem: chain('authority'),
      orderNumber: 1001,
    });
  });

  test('It is found by fingerprint in any writing, by a unique beginning, by serial and by order number', () => {
    const shop = aCertificate('shop', { orderNumber: 1001, serial: '0ABC' });
    const twins = ['aa', 'ab'].map((end) =>
      aCertificate(end, { fingerprint: `12345678${end}`.padEnd(64, '0'), serial: end }),
    );
    for (const one of [shop, ...twins]) db.certificates.upsert(one);
    const { fingerprint } = shop;
    const colons = fingerprint.toUpperCase().match(/../g)!.join(':');
    for (const text of [fingerprint, colons, fingerprint.slice(0, 8), '0abc', '1001'])
      expect(db.certificates.find(text)?.fingerprint, text).toBe(fingerprint);
    expect(db.certificates.find('12345678')).toBeNull();
    expect(db.certificates.find('12345678ab')?.serial).toBe('ab');
    expect(db.certificates.find(fingerprint.slice(0, 7))).toBeNull();
    expect(db.certificates.find('1002')).toBeNull();
  });

  test('The list has no chains and names the nodes that use each one', () => {
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    const shared = certificateFacts('shared');
    const found = [aFoundNode('a', { certificate: shared }), aFoundNode('b', { certificate: shared })];
    db.nodes.reconcile(endpoint.id, found, now);
    db.certificates.upsert(aCertificate('unused'));
    const list = db.certificates.list();
    expect(list.every((row) => !('chainPem' in row))).toBe(true);
    const users = (fingerprint: string) =>
      list.find((row) => row.fingerprint === fingerprint)?.usedBy.map((user) => user.name);
    expect(users(shared.fingerprint)).toEqual(['a', 'b']);
    expect(users(certificateFacts('unused').fingerprint)).toEqual([]);
  });
});

describe('orders', () => {
  test('Numbers count from 1001, and a rolled back order does not leave a row', () => {
    expect(db.orders.insert(anOrder()).number).toBe(1001);
    expect(() =>
      db.transaction(() => {
        db.orders.insert(anOrder());
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(db.orders.insert(anOrder()).number).toBe(1002);
    expect(db.orders.list(10).map((order) => order.number)).toEqual([1002, 1001]);
    expect(db.orders.list(1)).toHaveLength(1);
    expect(db.orders.list(10, 1002).map((order) => order.number)).toEqual([1001]);
    expect(db.orders.list(10, 1001)).toEqual([]);
  });

  test('Handle, state and refusal come back as stored', () => {
    const first = db.orders.insert(anOrder({ handle: { url: 'https://ca/1', tries: [1, 2] } }));
    expect(db.orders.get(first.id)).toEqual(first);
    const refused = {
      ...first,
      state: 'refused' as const,
      handle: null,
      refusedBecause: { code: 'acme.refused', sentence: 'No.', retry: 'never' as const },
      updatedAt: now + 1,
    };
    db.orders.update(refused);
    expect(db.orders.byNumber(1001)).toEqual(refused);
    expect(db.orders.get('ord_none')).toBeNull();
    expect(db.orders.byNumber(7)).toBeNull();
  });

  test('The order of a task is its newest one', () => {
    db.orders.insert(anOrder({ taskId: 'task_9', state: 'refused' }));
    const newest = db.orders.insert(anOrder({ taskId: 'task_9' }));
    expect(db.orders.ofTask('task_9')).toEqual(newest);
    expect(db.orders.ofTask('task_8')).toBeNull();
  });
});
