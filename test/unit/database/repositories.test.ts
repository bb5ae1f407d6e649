import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#kit/ids.ts';
import type { Database } from '../../../electron/database/database.ts';
import type { Store } from '../../../electron/database/store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  aCertificate,
  aFoundNode,
  aNotification,
  anApproval,
  anAuthority,
  anEndpoint,
  anOrder,
  aRenewal,
  aTask,
  certificateFacts,
} from '../../make/rows.ts';
import { day, makeStore, now, type TestStore } from '../../make/store.ts';

let store: TestStore;
let db: Database;
beforeEach(() => {
  store = makeStore();
  db = store.database;
});
afterEach(() => store.remove());

const raw = (sql: string, params: (string | number | null)[] = []) =>
  (store.database as Store).driver.run(sql, params);

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
    expect(store.reopen().endpoints.get(one.id)).toEqual(one);
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
    raw(`UPDATE endpoints SET policy = '{"autoApprove":"yes"}' WHERE id = ?`, [one.id]);
    expect(() => db.endpoints.get(one.id)).toThrow(
      expect.objectContaining({
        code: 'database.row-damaged',
        message: expect.stringContaining(`The row ${one.id} of endpoints`),
      }),
    );
    raw(`UPDATE endpoints SET policy = '{' WHERE id = ?`, [one.id]);
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
    expect(db.nodes.get(node!.id)?.orderNumber).toBe(1001);
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

  test('Nodes of an endpoint that does not exist are refused', () => {
    expect(() => db.nodes.reconcile('ep_none', [aFoundNode('shop')], now)).toThrow(/FOREIGN KEY/);
    expect(() =>
      db.nodes.setServed('node_none', { state: 'same', fingerprint: null, sentence: '', at: 1 }),
    ).toThrow(expect.objectContaining({ code: 'database.row-gone' }));
  });
});

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

describe('tasks', () => {
  test('A task and its memory come back as stored', () => {
    const row = aTask({
      state: 'waiting',
      waitingFor: 'authority',
      wakeAt: now + 5,
      steps: [
        {
          name: 'plan',
          state: 'done',
          attempt: 1,
          startedAt: 1,
          finishedAt: 2,
          sentence: 'Done.',
          failure: null,
        },
      ],
    });
    row.memory = {
      input: { a: [1] },
      outputs: { plan: { b: null } },
      changing: true,
      cursor: 3,
      direction: 'undoing',
    };
    db.tasks.insert(row);
    expect(db.tasks.get(row.task.id)).toEqual(row);
    expect(db.tasks.list({ limit: 5 })).toEqual([row.task]);
  });

  test('Two live tasks of one kind at one place are refused by name; ended ones do not count', () => {
    const first = aTask();
    db.tasks.insert(first);
    expect(() => db.tasks.insert(aTask({ state: 'waiting' }))).toThrow(
      expect.objectContaining({
        code: 'task.already-live',
        message: expect.stringContaining('endpoint web'),
      }),
    );
    db.tasks.insert(aTask({ kind: 'discover', nodeId: null, nodeName: null }));
    expect(() => db.tasks.insert(aTask({ kind: 'discover', nodeId: null, nodeName: null }))).toThrow(
      expect.objectContaining({ code: 'task.already-live' }),
    );
    db.tasks.insert(aTask({ nodeId: 'node_2' }));
    expect(db.tasks.live('certify', 'ep_1', 'node_1')?.id).toBe(first.task.id);
    db.tasks.update({ ...first, task: { ...first.task, state: 'succeeded', finishedAt: now } });
    expect(db.tasks.live('certify', 'ep_1', 'node_1')).toBeNull();
    db.tasks.insert(aTask());
  });

  test('Rows in given states come oldest first, the list newest first', () => {
    const rows = [3, 1, 2].map((at) =>
      aTask({ nodeId: `node_${at}`, createdAt: at, state: at === 2 ? 'failed' : 'running' }),
    );
    for (const row of rows) db.tasks.insert(row);
    expect(db.tasks.inStates(['running', 'queued']).map((row) => row.task.createdAt)).toEqual([1, 3]);
    expect(db.tasks.list({ limit: 2 }).map((task) => task.createdAt)).toEqual([3, 2]);
    expect(db.tasks.list({ states: ['failed'], limit: 9 }).map((task) => task.createdAt)).toEqual([2]);
    expect(db.tasks.inStates([])).toEqual([]);
  });
});

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
    expect(db.notifications.list(2).map((row) => row.at)).toEqual([3, 2]);
    db.notifications.markRead(rows[0]!.id, now);
    expect(db.notifications.unread()).toBe(2);
    db.notifications.markRead(null, now + 1);
    expect(db.notifications.unread()).toBe(0);
    expect(db.notifications.list(3).map((row) => row.readAt)).toEqual([now + 1, now + 1, now]);
  });

  test('Settings are set, replaced and removed by name', () => {
    expect(db.meta.get('x')).toBeNull();
    db.meta.set('x', '1');
    db.meta.set('x', '2');
    expect(store.reopen().meta.get('x')).toBe('2');
    store.database.meta.remove('x');
    expect(store.database.meta.get('x')).toBeNull();
  });
});

describe('secrets', () => {
  test('A secret is sealed, replaced, listed by name only and removed', () => {
    const owner = newId('ep');
    db.secrets.put(owner, 'password', Secret.of('one'));
    db.secrets.put(owner, 'password', Secret.of('two'));
    db.secrets.put(owner, 'passphrase', Secret.of('three'));
    expect(db.secrets.open(owner, 'password')?.text()).toBe('two');
    expect(db.secrets.list(owner)).toEqual(['passphrase', 'password']);
    expect(db.secrets.open(owner, 'nothing')).toBeNull();
    expect(db.secrets.has(owner, 'password')).toBe(true);
    db.secrets.remove(owner, 'password');
    expect(db.secrets.has(owner, 'password')).toBe(false);
    db.secrets.remove(owner);
    expect(db.secrets.list(owner)).toEqual([]);
  });

  test('Swapped, changed and cut rows are noticed, and the others stay usable', () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) db.secrets.put('ep_1', name, Secret.of(`value ${name}`));
    // swaps a and b by giving each the other's name
    raw(`UPDATE secrets SET name = '-' || name WHERE name IN ('a', 'b')`);
    raw(`UPDATE secrets SET name = CASE name WHEN '-a' THEN 'b' ELSE 'a' END WHERE name LIKE '-%'`);
    raw(`UPDATE secrets SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE name = 'c'`);
    raw(`UPDATE secrets SET sealed = zeroblob(length(sealed)) WHERE name = 'd'`);
    for (const name of ['a', 'b', 'c', 'd'])
      expect(() => db.secrets.open('ep_1', name)).toThrow(
        expect.objectContaining({
          code: 'secret.damaged',
          message: `The stored secret "${name}" of ep_1 is damaged and cannot be opened.`,
        }),
      );
    expect(db.secrets.open('ep_1', 'e')?.text()).toBe('value e');
    expect(db.secrets.list('ep_1')).toEqual(['a', 'b', 'c', 'd', 'e']);
    db.secrets.put('ep_1', 'a', Secret.of('entered again'));
    expect(db.secrets.open('ep_1', 'a')?.text()).toBe('entered again');
  });

  test('The settings know whether anything was ever sealed', () => {
    expect(db.meta.hasSealed()).toBe(false);
    db.secrets.put('ep_1', 'a', Secret.of('x'));
    expect(db.meta.hasSealed()).toBe(true);
  });
});

describe('transaction', () => {
  test('All or nothing, also when a nested call throws', () => {
    const work = () =>
      db.transaction(() => {
        db.meta.set('outer', '1');
        db.transaction(() => {
          db.meta.set('inner', '1');
          throw new Error('inner stop');
        });
      });
    expect(work).toThrow('inner stop');
    expect([db.meta.get('outer'), db.meta.get('inner')]).toEqual([null, null]);
    expect(db.transaction(() => db.transaction(() => 7))).toBe(7);
  });

  test('Asynchronous work is refused and undone, at every depth', () => {
    const later = async () => {
      db.meta.set('x', '1');
      await Promise.resolve();
    };
    expect(() => db.transaction(later)).toThrow(/asynchronous/);
    expect(() => db.transaction(() => db.transaction(later))).toThrow(/asynchronous/);
    expect(db.meta.get('x')).toBeNull();
    db.transaction(() => db.meta.set('x', '2'));
    expect(db.meta.get('x')).toBe('2');
  });
});
