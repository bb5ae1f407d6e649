import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  aCertificate,
  aFoundNode,
  anOrder,
  aRenewal,
  certificateFacts,
} from '../../make/certificate-rows.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { anEndpoint } from '../../make/rows.ts';
import { aTask } from '../../make/task-rows.ts';

let fixture: TestDatabase;
let db: Database;
beforeEach(() => {
  fixture = makeDatabase();
  db = fixture.database;
});
afterEach(() => fixture.remove());

describe('endpoints', () => {
  test('An endpoint comes back as it was stored, also after a restart', () => {
    const one = anEndpoint({
      connection: {
        type: 'ssh',
        host: 'web.example',
        port: 2222,
        user: 'tk',
        auth: 'password',
        hostKey: 'SHA256:x',
        store: null,
        storeCredentialId: null,
      },
      settings: { type: 'nginx', nginxConfigPath: '/etc/nginx/n.conf', nginxPath: null },
      probe: { ok: false, version: null, at: now, checks: [{ name: 'connect', ok: false, sentence: 'No.' }] },
      discoveredAt: now,
    });
    db.endpoints.insert(one);
    expect(fixture.reopen().endpoints.get(one.id)).toEqual(one);
  });

  test('A report with a check that only another version knows is read, beside all others', () => {
    const checks = [{ name: 'reload', ok: true, sentence: 'It can be reloaded.' }];
    const one = anEndpoint({ name: 'web', probe: { ok: true, version: null, at: now, checks } });
    db.endpoints.insert(one);
    db.endpoints.insert(anEndpoint({ name: 'mail' }));
    expect(db.endpoints.list().find(({ id }) => id === one.id)).toEqual(one);
    expect(db.endpoints.list()).toHaveLength(2);
  });

  test('It is found by id first, then by its exact name', () => {
    const one = anEndpoint({ name: 'web' });
    const two = anEndpoint({ name: one.id });
    db.endpoints.insert(one);
    db.endpoints.insert(two);
    expect(db.endpoints.find('web')?.id).toBe(one.id);
    expect(db.endpoints.find(one.id)?.id).toBe(one.id);
    expect(db.endpoints.find('Web')).toBeNull();
    expect(db.endpoints.list()).toHaveLength(2);
  });

  test('A taken name is refused with a sentence, when adding and when renaming', () => {
    db.endpoints.insert(anEndpoint({ name: 'web' }));
    const other = anEndpoint({ name: 'mail' });
    db.endpoints.insert(other);
    const taken = expect.objectContaining({
      code: 'endpoint.name-taken',
      message: 'There is already an endpoint named "web".',
    });
    expect(() => db.endpoints.insert(anEndpoint({ name: 'web' }))).toThrow(taken);
    expect(() => db.endpoints.update({ ...other, name: 'web' })).toThrow(taken);
  });

  test('Updating an endpoint that is gone says so', () => {
    expect(() => db.endpoints.update(anEndpoint())).toThrow(
      expect.objectContaining({ code: 'database.row-gone' }),
    );
  });

  test('Removing it takes nodes, renewals and secrets along and leaves the history', () => {
    const one = anEndpoint();
    db.endpoints.insert(one);
    const [node] = db.nodes.reconcile(one.id, [aFoundNode('shop')], now);
    db.renewals.upsert(aRenewal(node!.id));
    db.secrets.put(one.id, 'password', Secret.of('x'));
    db.tasks.insert(aTask({ endpointId: one.id }));
    db.orders.insert(anOrder({ nodeId: node!.id }));
    db.endpoints.remove(one.id);
    expect(db.nodes.list()).toEqual([]);
    expect(db.renewals.list()).toEqual([]);
    expect(db.secrets.list(one.id)).toEqual([]);
    expect(db.tasks.list({ limit: 10 })).toHaveLength(1);
    expect(db.orders.list(10)).toHaveLength(1);
    expect(db.certificates.list()).toHaveLength(1);
  });

  test('A row that is not as it should be is named and does not hide the others', () => {
    const one = anEndpoint({ name: 'bad' });
    const two = anEndpoint({ name: 'good' });
    db.endpoints.insert(one);
    db.endpoints.insert(two);
    fixture.raw(`UPDATE endpoints SET policy = '{"autoApprove":"yes"}' WHERE id = ?`, [one.id]);
    expect(() => db.endpoints.get(one.id)).toThrow(
      expect.objectContaining({
        code: 'database.row-damaged',
        message: expect.stringContaining(`The row ${one.id} of endpoints`),
      }),
    );
    fixture.raw(`UPDATE endpoints SET policy = '{' WHERE id = ?`, [one.id]);
    expect(() => db.endpoints.find('bad')).toThrow(expect.objectContaining({ code: 'database.row-damaged' }));
    expect(db.endpoints.get(two.id)).toEqual(two);
  });
});

describe('nodes', () => {
  test('Known nodes keep their id and served fact, new ones get an id, vanished ones are marked', () => {
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    const [blog, shop] = db.nodes.reconcile(endpoint.id, [aFoundNode('shop'), aFoundNode('blog')], now);
    expect(shop).toMatchObject({ endpointName: 'web', orderNumber: null, missingSince: null });
    expect(shop?.served.state).toBe('unknown');
    const served = { state: 'same' as const, fingerprint: 'ab', sentence: 'Served.', at: now + 1 };
    db.nodes.setServed(shop!.id, served);

    const renamed = aFoundNode('shop', { name: 'shop.example', certificate: certificateFacts('new') });
    const later = db.nodes.reconcile(endpoint.id, [renamed, aFoundNode('wiki')], now + 10);
    expect(later).toHaveLength(3);
    const by = (key: string) => later.find((node) => node.key === key);
    expect(by('shop')).toMatchObject({ id: shop!.id, name: 'shop.example', served, discoveredAt: now + 10 });
    expect(by('shop')?.certificate).toEqual(certificateFacts('new'));
    expect(by('blog')).toMatchObject({ id: blog!.id, missingSince: now + 10, discoveredAt: now });
    expect(by('wiki')?.id).toMatch(/^node_/);

    const again = db.nodes.reconcile(endpoint.id, [aFoundNode('blog')], now + 20);
    expect(again.find((node) => node.key === 'blog')?.missingSince).toBeNull();
    expect(again.find((node) => node.key === 'shop')?.missingSince).toBe(now + 20);
    expect(again.find((node) => node.key === 'wiki')?.missingSince).toBe(now + 20);
  });

  test('A certificate met on a node is External until an order brings it', () => {
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    const [node] = db.nodes.reconcile(endpoint.id, [aFoundNode('shop')], now);
    expect(db.certificates.get(certificateFacts('shop').fingerprint)).toMatchObject({
      orderNumber: null,
      chainPem: expect.stringContaining('shop'),
      firstSeenAt: now,
    });
    db.certificates.upsert(aCertificate('shop', { orderNumber: 1001 }));
    expect(db.nodes.get(node!.id)).toMatchObject({ orderNumber: 1001, revoked: false });
    db.certificates.markRevoked(certificateFacts('shop').fingerprint, { at: now, reason: null });
    expect(db.nodes.get(node!.id)?.revoked).toBe(true);
    db.nodes.reconcile(endpoint.id, [aFoundNode('shop')], now + 1);
    expect(db.nodes.get(node!.id)?.orderNumber).toBe(1001);
  });

  test('A node is found by id, by endpoint and name, and by a name of its own; else all candidates', () => {
    const [one, two] = [anEndpoint({ name: 'a' }), anEndpoint({ name: 'b' })];
    for (const endpoint of [one, two]) {
      db.endpoints.insert(endpoint);
      db.nodes.reconcile(endpoint.id, [aFoundNode('shop'), aFoundNode(`only ${endpoint.name}`)], now);
    }
    const only = db.nodes.find('only a');
    expect(only).toHaveLength(1);
    expect(db.nodes.find(only[0]!.id)).toEqual(only);
    expect(db.nodes.find('b/shop').map((node) => node.endpointId)).toEqual([two.id]);
    expect(db.nodes.find('shop')).toHaveLength(2);
    expect(db.nodes.find('nothing')).toEqual([]);
    expect(db.nodes.list(one.id)).toHaveLength(2);
    db.nodes.reconcile(one.id, [], now + 1);
    expect(db.nodes.find('shop').map((node) => node.endpointId)).toEqual([two.id]);
  });

  test('are given by when they were last seen: present ones with a certificate, those of others and not yet seen ones apart', () => {
    const endpoint = anEndpoint();
    db.endpoints.insert(endpoint);
    const bare = aFoundNode('bare', { certificate: null });
    const names = ['early', 'late', 'unseen', 'gone'];
    const nodes = db.nodes.reconcile(endpoint.id, [bare, ...names.map((name) => aFoundNode(name))], now);
    const idOf = (name: string) => nodes.find((node) => node.name === name)?.id ?? '';
    for (const [name, at] of [
      ['early', 5],
      ['late', 20],
      ['gone', 1],
    ] as const)
      db.nodes.setServed(idOf(name), { state: 'same', fingerprint: 'f', sentence: '', at });
    db.nodes.setServed(idOf('unseen'), { state: 'unknown', fingerprint: null, sentence: '', at: 2 });
    db.nodes.reconcile(endpoint.id, [bare, ...names.slice(0, 3).map((name) => aFoundNode(name))], now);
    const seen = (ours: number, others: number) =>
      db.nodes.lastSeenBefore({ ours, others }).map(({ name }) => name);
    expect(seen(2, 0)).toEqual(['unseen']);
    expect(seen(30, 5)).toEqual(['unseen', 'early']);
    db.certificates.upsert(aCertificate('late', { orderNumber: 1001 }));
    expect(seen(20, 4)).toEqual(['unseen', 'late']);
  });

  test('Nodes of an endpoint that does not exist are refused', () => {
    expect(() => db.nodes.reconcile('ep_none', [aFoundNode('shop')], now)).toThrow(/FOREIGN KEY/);
    expect(() =>
      db.nodes.setServed('node_none', { state: 'same', fingerprint: null, sentence: '', at: 1 }),
    ).toThrow(expect.objectContaining({ code: 'database.row-gone' }));
  });
});
