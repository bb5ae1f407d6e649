import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OwedResult } from '#shared/model/owed-result.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { aSubject } from '../../make/task-rows.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

const owed = (id: string, change: Partial<OwedResult> = {}): OwedResult => ({
  ...{ id, server: 'scm', outsideId: `order of ${id}`, taskId: `task of ${id}`, kind: 'certify' },
  ...{ subject: aSubject(), state: 'succeeded', failure: null, restored: null, at: now },
  ...change,
});
const ids = (server?: string | null) =>
  fixture.database.outbox.list({ server, limit: 10 }).map(({ id }) => id);

test('Results that are owed come oldest first, of one server when asked, until each is acknowledged', () => {
  const { outbox } = fixture.database;
  const first = owed('out_9', { at: now - 1 });
  for (const one of [owed('out_5'), owed('out_1'), first, owed('out_2', { server: null })])
    outbox.insert(one);
  expect(ids()).toEqual(['out_9', 'out_5', 'out_1', 'out_2']);
  expect(ids('scm')).toEqual(['out_9', 'out_5', 'out_1']);
  expect(ids(null)).toEqual(['out_2']);
  expect(fixture.reopen().outbox.get('out_9')).toEqual(first);
  fixture.database.outbox.remove('out_9');
  expect(ids('scm')).toEqual(['out_5', 'out_1']);
});

test('No task owes its result twice', () => {
  const { outbox } = fixture.database;
  outbox.insert(owed('out_1'));
  expect(() => outbox.insert(owed('out_2', { taskId: 'task of out_1' }))).toThrow();
  expect(ids()).toEqual(['out_1']);
});
