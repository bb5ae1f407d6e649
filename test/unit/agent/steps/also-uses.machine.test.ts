import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';
import { alsoUses } from '../../../../electron/agent/steps/also-uses.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

const store = '/etc/shop/keystore.p12';
const install = {
  changes: [{ kind: 'file', path: store, holds: 'certificate-and-key' }],
  standsOn: [{ what: 'link', name: '/etc/link.p12', leadsTo: store }],
} as unknown as InstallPlan;

function has(endpoint: Endpoint, ...paths: string[]): Endpoint {
  fixture.database.endpoints.insert(endpoint);
  const nodes = paths.map((path) => aFoundNode(path, { name: `of ${path}`, certificatePath: path }));
  fixture.database.nodes.reconcile(endpoint.id, nodes, now);
  return endpoint;
}

test('names the nodes of other endpoints of the host that use a file which is replaced, by the name of a link too', () => {
  const own = has(anEndpoint({ name: 'shop' }), store);
  expect(alsoUses(fixture.database, own, install)).toEqual([]);
  has(anEndpoint({ name: 'tomcat' }), store, '/etc/link.p12', '/etc/other.p12');
  expect(alsoUses(fixture.database, own, install)).toEqual([
    'The node "of /etc/link.p12" of the endpoint "tomcat" uses /etc/link.p12 as well: it gets the new content too.',
    `The node "of ${store}" of the endpoint "tomcat" uses ${store} as well: it gets the new content too.`,
  ]);
});

test('says nothing of the same path on another host, nor of a node that is gone', () => {
  const web1 = anSshConnection({ host: 'web1.example' });
  const own = has(anEndpoint({ name: 'shop', connection: web1 }), store);
  has(anEndpoint({ name: 'here' }), store);
  has(anEndpoint({ name: 'other', connection: anSshConnection({ host: 'web2.example' }) }), store);
  const gone = has(anEndpoint({ name: 'gone', connection: web1 }), store);
  fixture.database.nodes.reconcile(gone.id, [], now);
  expect(alsoUses(fixture.database, own, install)).toEqual([]);
  has(anEndpoint({ name: 'same', connection: { ...web1, host: 'WEB1.example', user: 'root' } }), store);
  expect(alsoUses(fixture.database, own, install)).toHaveLength(1);
});

test('names ten, and counts the others', () => {
  const own = has(anEndpoint({ name: 'shop' }), store);
  for (let at = 0; at < 13; at++) has(anEndpoint({ name: `other ${at}` }), store);
  expect(alsoUses(fixture.database, own, install).at(-1)).toBe('So do 3 more nodes of other endpoints.');
});
