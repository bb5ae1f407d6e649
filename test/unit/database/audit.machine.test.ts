import { expect, test } from 'vitest';
import type { Row } from '../../../electron/database/driver.ts';
import { auditHash } from '../../../electron/database/verify-audit.ts';
import { anAuditEntry } from '../../make/rows.ts';
import { append, bad, driver, fixture, prepareChain, sealer, tamper, verify } from './audit-chain.ts';

prepareChain();

test('An untouched chain is proved, over pages and restarts; its head is the last hash', () => {
  expect(verify()).toEqual({ ok: true, entries: 0, firstBad: null, head: '0'.repeat(64) });
  fixture.database.transaction(() => append(2500));
  const last = fixture.database.audit.append(
    anAuditEntry({ actor: null, subject: null, outcome: 'refused' }),
  );
  expect(last).toMatchObject({ number: 2501, actor: null, outcome: 'refused' });
  fixture.reopen();
  expect(verify()).toEqual({ ok: true, entries: 2501, firstBad: null, head: last.hash });
});

test('Entries come newest first, and a page goes on before a number', () => {
  append(5);
  const numbers = (before: number | undefined, limit: number) =>
    fixture.database.audit.list(before, limit).map((entry) => entry.number);
  expect(numbers(undefined, 2)).toEqual([5, 4]);
  expect(numbers(4, 10)).toEqual([3, 2, 1]);
});

test('An entry whose head cannot be sealed for another reason than a locked keychain is not there at all', () => {
  append(1);
  sealer.seal = () => {
    throw new Error('out of memory');
  };
  expect(() => append(1)).toThrow('out of memory');
  expect(fixture.database.audit.list(undefined, 10)).toHaveLength(1);
});

test('The hash of an entry is the same in every version: SHA-256 over the previous hash and its canonical JSON', () => {
  const row = {
    action: 'tls.add',
    actor: 'ann',
    at: 1_790_000_000_000,
    number: 2,
    origin: 'gui',
    outcome: 'ok',
    sentence: 'Added.',
    subject: 'ep_1',
    previous_hash: 'a'.repeat(64),
  };
  expect(auditHash(row)).toBe('9561974caef46b0f68f9fdccd5f4f714a49cbd1e5dc5a3c40241ffa08d552646');
});

test('Without a seal, another last entry with a hash of its own is told by the kept head', () => {
  sealer.locked = true;
  append(3);
  const last = driver.get('SELECT * FROM audit WHERE number = 3') as Row;
  const hash = auditHash({ ...last, sentence: 'Something else.' });
  tamper(`UPDATE audit SET sentence = 'Something else.', hash = '${hash}' WHERE number = 3`);
  expect(verify()).toMatchObject(bad(3, /Entry 3 is not the last one that was written/));
});

test('An entry is undone with the transaction it belongs to, and leaves no gap', () => {
  append(1);
  expect(() =>
    fixture.database.transaction(() => {
      append(1);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  append(1);
  expect(verify()).toMatchObject({ ok: true, entries: 2 });
});

test('The database itself refuses to change or remove an entry', () => {
  append(2);
  expect(() => driver.exec(`UPDATE audit SET actor = 'bob'`)).toThrow(/audit entries are kept/);
  expect(() => driver.exec('DELETE FROM audit')).toThrow(/audit entries are kept/);
});

test('Text that no file can hold as it is leaves the chain whole', () => {
  const half = 'half a pair \ud800, a \0 and a \u2028';
  fixture.database.audit.append(anAuditEntry({ actor: half, subject: half, sentence: half }));
  fixture.reopen();
  expect(verify().ok).toBe(true);
});
