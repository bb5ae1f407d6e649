import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeDatabase, now, readySealer, type TestDatabase } from '#test/make/database.ts';
import { aSubject } from '#test/make/task-rows.ts';
import { type Left, leave, leftoverSeal } from '../../../../electron/agent/steps/leave.ts';

const minute = 60_000;
const hour = 60 * minute;
const task = { id: 'task_1', subject: aSubject() };
const proofs = {
  authorityId: 'ca_1',
  settings: 'a'.repeat(64),
  names: ['shop.example'],
  handle: 'h',
  webRoot: null,
};
const kept = { snapshot: null, keyPath: '/etc/ssl/.trustkeep-1' };

let fixture: TestDatabase;
let locked: boolean;
beforeEach(() => {
  locked = false;
  const ready = readySealer();
  fixture = makeDatabase({
    seal: (...given) => ready.seal(...given),
    open: (...given) => ready.open(...given),
    openRow: (...given) => ready.openRow(...given),
    sealRow(...given) {
      if (locked) throw new Failure('keychain.locked', 'The keychain is locked.');
      return ready.sealRow(...given);
    },
  });
});
afterEach(() => fixture.remove());

const noted = () => fixture.database.leftovers.get(task.id);
const put = (left: Partial<Left>, because: string | null, at = now) =>
  leave({ database: fixture.database, now: at, task, left: { proofs: null, kept: null, ...left }, because });
const audited = () => fixture.database.audit.list(undefined, 20).map(({ sentence }) => sentence);

describe('what a task leaves', () => {
  test('is noted for its endpoint and sealed, due now where nobody tried yet', () => {
    put({ kept }, null);
    expect(noted()).toMatchObject({ endpointId: 'ep_1', kept, proofs: null, attempts: 0, nextAt: now });
    expect(leftoverSeal.isOf(fixture.database, task.id, { proofs: null, kept })).toBe(true);
    expect(audited()).toEqual([]);
  });

  test('is noted beside what was noted before, since when that was', () => {
    put({ proofs }, 'The record is there.');
    put({ kept }, 'The disk is read-only.', now + hour);
    expect(noted()).toMatchObject({ proofs, kept, attempts: 2, since: now });
    expect(leftoverSeal.isOf(fixture.database, task.id, { proofs, kept })).toBe(true);
  });

  test('is not sealed together with what others put in the place of what was noted before', () => {
    put({ kept }, null);
    const stored = noted();
    if (stored === null) throw new Error('nothing is stored');
    fixture.database.leftovers.put({ ...stored, proofs });
    put({ kept }, 'The disk is read-only.');
    expect(noted()).toMatchObject({ proofs: null, kept });
    expect(audited()).toContainEqual(expect.stringContaining('is not what Trustkeep stored'));
  });

  test('waits longer after each attempt, up to a day, and is told in the audit at the first', () => {
    const waits = Array.from({ length: 7 }, () => {
      put({ kept }, 'The disk is read-only.');
      return (noted()?.nextAt ?? 0) - now;
    });
    expect(waits).toEqual([minute, 5 * minute, hour, 6 * hour, 24 * hour, 24 * hour, 24 * hour]);
    expect(audited()).toEqual(['Cleaning up web/shop is not complete: The disk is read-only.']);
  });

  test('is told in the audit where it cannot be noted, since the master key is not at hand', () => {
    locked = true;
    put({ kept }, null);
    expect(noted()).toBeNull();
    expect(audited()).toEqual([expect.stringContaining('check for files named .trustkeep-1 there')]);
  });
});
