/**
 * The attack: between the approval and a step, one field of the rows that the plan depends on becomes another: of the
 * endpoint, the authority, the order. Each is changed in turn. A field that nobody put into the tables fails the test.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kit/ids.ts';
import { authority as authorityShape } from '#shared/model/authority.ts';
import { told } from '#shared/model/connection.ts';
import { type Endpoint, endpoint as endpointShape } from '#shared/model/endpoint.ts';
import { endpointNode } from '#shared/model/node.ts';
import { order as orderShape } from '#shared/model/order.ts';
import { anOrder } from '#test/make/certificate-rows.ts';
import type { TestDatabase } from '#test/make/database.ts';
import { byField, fieldsOf, occurrencesIn, withOther } from '#test/make/schema-fields.ts';
import { planFingerprint } from '../../electron/agent/plans/certify.ts';
import { handleSeal } from '../../electron/agent/steps/seal-issued.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import { approved, drive, quickDatabase } from './approval-drive.ts';
import { doneOnHost, node } from './approval-node.ts';
import { authorities, byWebRoot, local, nginx, otherEndpoints, pem, sample } from './approval-samples.ts';
import {
  boundWithoutUser,
  ofAnyConnection,
  unboundOfAuthority,
  unboundOfEndpoint,
  unboundOfNode,
  unboundOfOrder,
} from './approval-unbound.ts';

let fixture: TestDatabase;
beforeAll(() => {
  fixture = quickDatabase();
});
afterAll(() => fixture.remove());

describe('a field of the endpoint that changes between the approval and the step', () => {
  const samples: [string, Endpoint][] = [
    ['nginx, with its user', nginx],
    ['PEM, with the user of the credential', pem],
    ...otherEndpoints,
  ];
  const seen = new Set(
    samples.flatMap(([, one]) => occurrencesIn(endpointShape, one).map(({ field }) => field)),
  );

  test('is in the samples, whichever it is, and exceptions are fields', () => {
    expect([...seen].sort()).toEqual([...new Set(fieldsOf(endpointShape))].sort());
    const excepted = [...Object.keys(unboundOfEndpoint), ...boundWithoutUser];
    expect([...seen].map(ofAnyConnection)).toEqual(expect.arrayContaining(excepted));
  });

  describe.each(samples)('(%s)', (_name, endpoint) => {
    const fields = byField(occurrencesIn(endpointShape, endpoint));
    test.each([...fields].filter(([field]) => field !== 'id'))('%s', async (field, occurrences) => {
      const user = (told(endpoint.connection).login?.user ?? '') !== '';
      const known = ofAnyConnection(field);
      const free = known in unboundOfEndpoint || (user && boundWithoutUser.includes(known));
      for (const { at, others } of occurrences)
        for (const other of others) {
          const made = approved(fixture.database, 'make-key', endpoint);
          fixture.database.endpoints.update(withOther(made.endpoint, at, other));
          const outcome = await drive(fixture.database, made.task);
          expect(outcome.reached, JSON.stringify(other)).toBe(free);
          if (!free) expect(outcome.task.failure?.code).toBe('approval.settings-changed');
        }
    });
  });
});

describe('a field of the authority that changes between the approval and the order', () => {
  const seen = new Set(
    authorities.flatMap((one) => occurrencesIn(authorityShape, one).map(({ field }) => field)),
  );
  test('is in the samples, whichever it is, and exceptions are fields', () => {
    expect([...seen].sort()).toEqual([...new Set(fieldsOf(authorityShape))].sort());
    expect([...seen]).toEqual(expect.arrayContaining(Object.keys(unboundOfAuthority)));
  });

  const cases = authorities.flatMap((one) =>
    [...byField(occurrencesIn(authorityShape, one))]
      .filter(([field]) => field !== 'id')
      .map(([field, occurrences]) => [field, one, occurrences] as const),
  );
  test.each(cases)('%s', async (field, authority, occurrences) => {
    const free = field in unboundOfAuthority;
    for (const { at, others } of occurrences)
      for (const other of others) {
        const { task } = approved(fixture.database, 'make-key', nginx, authority);
        fixture.database.authorities.update(withOther(authority, at, other));
        const outcome = await drive(fixture.database, task);
        expect(outcome.reached, JSON.stringify(other)).toBe(free);
        if (!free) expect(outcome.task.failure?.code).toBe('approval.settings-changed');
      }
  });
});

describe('the fall-back of a plan', () => {
  test('is another one by the time of the order, and nothing is asked of either', async () => {
    const { task } = approved(fixture.database, 'make-key');
    const other = { ...local, id: 'ca_2', name: 'other' };
    fixture.database.authorities.insert(other);
    const outcome = await drive(fixture.database, task);
    fixture.database.authorities.remove(other.id);
    expect(outcome).toMatchObject({
      reached: false,
      task: { failure: { code: 'approval.settings-changed', sentence: expect.stringContaining('other') } },
    });
  });

  test('may be another one once the certificate was issued', async () => {
    const { task } = approved(fixture.database, 'install');
    const other = { ...local, id: 'ca_2', name: 'other' };
    fixture.database.authorities.insert(other);
    const outcome = await drive(fixture.database, task);
    fixture.database.authorities.remove(other.id);
    expect(outcome.reached).toBe(true);
  });
});

describe('a field of the node that changes between the approval and the step', () => {
  const ofCertificate = /^certificate\./;
  const fields = byField(occurrencesIn(endpointNode, node).filter(({ field }) => !ofCertificate.test(field)));
  const place = '/srv/www/.well-known/acme-challenge';
  const planned = {
    'place-order': [`mkdir -p -m 0755 ${place}`, `write ${place}/token`],
    install: ['/in shop.example'],
  };
  const steps = ['place-order', 'install'] as const;

  test('is in the sample, whichever it is, and has its reason', () => {
    const known = new Set(fieldsOf(endpointNode).filter((field) => !ofCertificate.test(field)));
    expect([...fields.keys()].sort()).toEqual([...known].sort());
    expect(Object.keys(unboundOfNode).sort()).toEqual([...known].sort());
  });

  test.each([...fields])('%s', async (_field, occurrences) => {
    for (const { at, others } of occurrences)
      for (const other of others)
        for (const step of steps) {
          const { task } = approved(fixture.database, step, nginx, byWebRoot);
          const done = await doneOnHost(fixture.database, task, withOther(node, at, other));
          expect(done, JSON.stringify(other)).toEqual(planned[step]);
        }
  });

  test.each([
    '/shell.php',
    '/.well-known/acme-challenge/../../shell.php',
    '/.well-known/acme-challenge/a/b',
    '/.well-known/acme-challenge/shell.php',
    '/.well-known/acme-challenge/',
    '.well-known/acme-challenge/token',
  ])('lets no authority put a file at %s', async (file) => {
    const { task } = approved(fixture.database, 'place-order', nginx, byWebRoot);
    expect(await doneOnHost(fixture.database, task, node, file)).toEqual([]);
  });

  const elsewhere = '/srv/other/.well-known/acme-challenge';
  test.each([
    ['is used where the plan is of a version that did not say it', undefined, elsewhere],
    ['is not used where the plan says that no place is known', null, null],
  ])('%s', async (_name, webRoot, used) => {
    const { database } = fixture;
    const { task, plan } = approved(database, 'place-order', nginx, byWebRoot);
    const other = { ...plan, webRoot };
    const earlier = { ...other, fingerprint: planFingerprint(other) };
    const [row, approval] = [database.tasks.get(task.id), database.approvals.ofTask(task.id)];
    if (row === null || approval === null) throw new Error('the rows are gone');
    const outputs = { ...row.memory.outputs, plan: { plan: earlier } };
    database.tasks.update({ ...row, memory: { ...row.memory, outputs } });
    database.approvals.update({ ...approval, plan: earlier });
    sealYes(database, { ...approval, plan: earlier });
    const done = await doneOnHost(database, task, { ...node, webRoot: '/srv/other' });
    expect(done).toEqual(used === null ? [] : [`mkdir -p -m 0755 ${used}`, `write ${used}/token`]);
  });
});

describe('a field of the order that changes before it is placed', () => {
  const complete = {
    ...anOrder({
      names: sample.names,
      terms: sample.terms,
      authorityId: 'ca_1',
      certificateFingerprint: 'f',
    }),
    ...{ number: 1001, handle: 'h' },
    refusedBecause: { code: 'x.y', sentence: 'No.', hint: 'Do.', retry: 'never' as const },
  };
  const inner = /^refusedBecause\./;
  const fields = byField(occurrencesIn(orderShape, complete).filter(({ field }) => !inner.test(field)));

  test('is in the sample, whichever it is, and exceptions are fields', () => {
    const known = fieldsOf(orderShape).filter((field) => !inner.test(field));
    expect([...fields.keys()].sort()).toEqual([...new Set(known)].sort());
    expect([...fields.keys()]).toEqual(expect.arrayContaining(Object.keys(unboundOfOrder)));
  });

  const rowKeys = ['id', 'number', 'taskId'];
  test.each([...fields].filter(([field]) => !rowKeys.includes(field)))('%s', async (field, occurrences) => {
    for (const { at, others } of occurrences)
      for (const other of others) {
        const { task } = approved(fixture.database, 'make-key');
        const { number: _number, ...fresh } = complete;
        const order = fixture.database.orders.insert({ ...fresh, id: newId('ord'), taskId: task.id });
        handleSeal.put(fixture.database, task.id, order);
        fixture.database.orders.update(withOther(order, at, other));
        const outcome = await drive(fixture.database, task);
        const free = field in unboundOfOrder;
        expect(outcome.reached, JSON.stringify(other)).toBe(free);
        if (!free) expect(outcome.task.failure?.code).toBe('approval.other-order');
      }
  });
});
