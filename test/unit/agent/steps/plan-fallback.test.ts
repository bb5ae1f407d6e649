import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Authority } from '#shared/model/authority.ts';
import { aCertificate, aFoundNode, anOrder } from '#test/make/certificate-rows.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { acmeSettings, anAuthority, anEndpoint } from '#test/make/rows.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';
import { inputOfRenewal } from '../../../../electron/agent/certificates/requests.ts';
import { fallbackFor, fallbackPart } from '../../../../electron/agent/steps/plan-fallback.ts';

let fixture: TestDatabase;
let first: Authority;
let second: Authority;
beforeEach(() => {
  fixture = makeDatabase();
  first = anAuthority({ name: 'first' });
  second = anAuthority({ name: 'second', kind: 'acme', settings: acmeSettings() });
  for (const one of [first, second]) fixture.database.authorities.insert(one);
});
afterEach(() => fixture.remove());

describe('the fall-back of a plan', () => {
  const planned = (
    authority: Authority,
    policy: { authorityId: string; fallbackId?: string },
    name = 'shop.example',
  ) => fallbackFor(fixture.database, { policy: { ...anEndpoint().policy, ...policy } }, authority, [name]);

  test('is that of the endpoint, for orders to the authority of the endpoint', () => {
    const usual = { authorityId: first.id, fallbackId: second.id };
    expect(planned(first, usual)).toMatchObject({ row: { id: second.id }, warnings: [] });
    expect(planned(first, { authorityId: first.id })).toEqual({ row: null, warnings: [] });
  });

  test('is none where a person named another authority, that one included', () => {
    const other = anAuthority({ name: 'third' });
    fixture.database.authorities.insert(other);
    const usual = { authorityId: first.id, fallbackId: second.id };
    expect(planned(other, usual)).toEqual({ row: null, warnings: [] });
    expect(planned(second, usual)).toEqual({ row: null, warnings: [] });
    expect(planned(first, { authorityId: first.id, fallbackId: first.id })).toEqual({
      row: null,
      warnings: [],
    });
  });

  test('is none, with a warning, where it cannot prove control of a name', () => {
    const usual = { authorityId: first.id, fallbackId: second.id };
    expect(planned(first, usual, '*.shop.example')).toMatchObject({
      row: null,
      warnings: [
        expect.stringMatching(/^The fall-back authority "second" is not used: .*\*\.shop\.example: /),
      ],
    });
  });

  test('says where it puts challenge files', () => {
    const node = { ...aNode(), webRoot: '/srv/www' };
    const { id, name, kind } = second;
    expect(fallbackPart(second, node)).toEqual({ fallback: { id, name, kind, webRoot: '/srv/www' } });
    expect(fallbackPart(null, node)).toEqual({});
  });
});

function aNode() {
  const endpoint = anEndpoint();
  fixture.database.endpoints.insert(endpoint);
  const [node] = fixture.database.nodes.reconcile(endpoint.id, [aFoundNode('shop')], now);
  if (node === undefined) throw new Error('the node is gone');
  return node;
}

test('a renewal of what came from the fall-back begins with the first choice again', () => {
  const { database } = fixture;
  const node = aNode();
  const row = aTask({ endpointId: node.endpointId, nodeId: node.id });
  database.tasks.insert(row);
  const { id, name, kind } = second;
  const { plan } = anApproval();
  const authority = { id: first.id, name: first.name, kind: first.kind };
  database.approvals.insert(
    anApproval({ taskId: row.task.id, plan: { ...plan, authority, fallback: { id, name, kind } } }),
  );
  const order = database.orders.insert(
    anOrder({ authorityId: second.id, taskId: row.task.id, nodeId: node.id }),
  );
  database.certificates.upsert(aCertificate('shop', { orderNumber: order.number }));
  expect(inputOfRenewal(database, node)).toMatchObject({ reason: 'renewal', authorityId: first.id });
});
