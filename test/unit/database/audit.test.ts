import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Driver, Row } from '../../../electron/database/driver.ts';
import type { Store } from '../../../electron/database/store.ts';
import { auditHash } from '../../../electron/database/verify-audit.ts';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { anAuditEntry } from '../../make/rows.ts';
import { makeStore, now, type TestStore } from '../../make/store.ts';

/** A sealer that can be locked, as the master key can. */
class Lockable extends Envelope {
  locked = false;
  constructor() {
    super(randomBytes(32), randomUUID());
  }
  override seal(...given: Parameters<Envelope['seal']>) {
    this.#check();
    return super.seal(...given);
  }
  override open(...given: Parameters<Envelope['open']>) {
    this.#check();
    return super.open(...given);
  }
  #check() {
    if (this.locked) throw new Failure('keychain.locked', 'The keychain is locked.');
  }
}

let sealer: Lockable;
let store: TestStore;
let driver: Driver;

beforeEach(() => {
  sealer = new Lockable();
  store = makeStore(sealer);
  driver = (store.database as Store).driver;
});
afterEach(() => store.remove());

function append(count: number): void {
  for (let index = 0; index < count; index += 1)
    store.database.audit.append(anAuditEntry({ at: now + index, sentence: `Entry ${index}.` }));
}

/** As somebody with the file and a tool would do it. */
function tamper(...statements: string[]): void {
  driver.exec('DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_fixed');
  for (const statement of statements) driver.exec(statement);
}

const verify = () => store.database.audit.verify();
const bad = (number: number, sentence: RegExp) => ({
  ok: false,
  firstBad: { number, sentence: expect.stringMatching(sentence) },
});

test('An untouched chain is proved, over pages and restarts; its head is the last hash', () => {
  expect(verify()).toEqual({ ok: true, entries: 0, firstBad: null, head: '0'.repeat(64) });
  store.database.transaction(() => append(2500));
  const last = store.database.audit.append(anAuditEntry({ actor: null, subject: null, outcome: 'refused' }));
  expect(last).toMatchObject({ number: 2501, actor: null, outcome: 'refused' });
  store.reopen();
  expect(verify()).toEqual({ ok: true, entries: 2501, firstBad: null, head: last.hash });
});

test('Entries come newest first, and a page goes on before a number', () => {
  append(5);
  const numbers = (before: number | undefined, limit: number) =>
    store.database.audit.list(before, limit).map((entry) => entry.number);
  expect(numbers(undefined, 2)).toEqual([5, 4]);
  expect(numbers(4, 10)).toEqual([3, 2, 1]);
});

test('An entry whose head cannot be sealed for another reason than a locked keychain is not there at all', () => {
  append(1);
  sealer.seal = () => {
    throw new Error('out of memory');
  };
  expect(() => append(1)).toThrow('out of memory');
  expect(store.database.audit.list(undefined, 10)).toHaveLength(1);
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
    store.database.transaction(() => {
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

test.each([
  `at = at + 1`,
  `origin = 'gui'`,
  `actor = NULL`,
  `actor = 'bob'`,
  `action = 'x'`,
  `subject = 'ep_2'`,
  `outcome = 'failed'`,
  `outcome = 'nonsense'`,
  `sentence = sentence || ' '`,
  `hash = upper(hash)`,
])('A changed entry is named: %s', (change) => {
  append(5);
  tamper(`UPDATE audit SET ${change} WHERE number = 3`);
  expect(verify()).toMatchObject({ ...bad(3, /Entry 3 was changed/), entries: 5 });
});

test('A removed entry is named, wherever it stood', () => {
  append(5);
  tamper('DELETE FROM audit WHERE number = 3');
  expect(verify()).toMatchObject(bad(3, /Entry 3 is missing/));
  tamper('DELETE FROM audit WHERE number = 1');
  expect(verify()).toMatchObject(bad(1, /Entry 1 is missing/));
});

test('A cut end is noticed', () => {
  append(5);
  tamper('DELETE FROM audit WHERE number >= 4');
  expect(verify()).toMatchObject({ ...bad(4, /end of the chain was cut off/), entries: 3 });
  tamper('DELETE FROM audit');
  expect(verify()).toMatchObject(bad(1, /cut off/));
});

/** Computes hashes as Trustkeep does: for somebody who knows the program, but not the master key. */
function forge(row: Row): Row {
  return { ...row, hash: auditHash(row) };
}
function write(row: Row): void {
  const names = Object.keys(row);
  driver.run(
    `INSERT OR REPLACE INTO audit (${names}) VALUES (${names.map((name) => `@${name}`)})`,
    row as Record<string, string | number | null>,
  );
}
const rowAt = (number: number) => driver.get('SELECT * FROM audit WHERE number = ?', [number]) as Row;

test('An entry replaced together with its hash no longer fits the next one', () => {
  append(5);
  tamper();
  write(forge({ ...rowAt(3), sentence: 'Nothing happened.' }));
  expect(verify()).toMatchObject(bad(4, /does not follow the one before it/));
});

test('An inserted entry is noticed at the front, in the middle and at the end', () => {
  append(4);
  tamper();
  write(forge({ ...rowAt(1), number: 0 }));
  expect(verify()).toMatchObject(bad(0, /Entry 0 was inserted/));
  driver.exec('DELETE FROM audit WHERE number = 0');
  const end = rowAt(4);
  write(forge({ ...end, number: 5, previous_hash: end.hash }));
  expect(verify()).toMatchObject(bad(5, /Entry 5 was inserted at the end/));
  driver.exec('DELETE FROM audit WHERE number = 5');
  driver.exec('UPDATE audit SET number = -number WHERE number >= 3');
  driver.exec('UPDATE audit SET number = 1 - number WHERE number < 0');
  const second = rowAt(2);
  write(forge({ ...second, number: 3, previous_hash: second.hash, sentence: 'Inserted.' }));
  expect(verify()).toMatchObject({ ok: false, firstBad: { number: 4 } });
});

/** The whole chain anew from entry `from` on, with a fitting head, without the key. */
function rewriteFrom(from: number, upTo: number): void {
  tamper(`DELETE FROM audit WHERE number > ${upTo}`);
  let previous = from === 1 ? '0'.repeat(64) : String(rowAt(from - 1).hash);
  for (let number = from; number <= upTo; number += 1) {
    const row = forge({ ...rowAt(number), previous_hash: previous, sentence: `Rewritten ${number}.` });
    write(row);
    previous = String(row.hash);
  }
  driver.run('UPDATE audit_head SET entries = ?, hash = ?', [upTo, previous]);
}

test('A chain written anew with all its hashes is told by the seal made with the master key', () => {
  append(5);
  rewriteFrom(3, 5);
  expect(verify()).toMatchObject(bad(5, /not the one that was sealed/));
});

test('A chain cut and closed again is told by the seal', () => {
  append(5);
  rewriteFrom(4, 4);
  expect(verify()).toMatchObject(bad(5, /cut off/));
});

test('A seal that was changed, moved or removed is noticed', () => {
  store.database.secrets.put('ep_1', 'password', Secret.of('x'));
  append(3);
  const [seal] = [driver.get('SELECT seal FROM audit_head')?.seal as Buffer];
  append(1);
  const changed = Buffer.from(seal);
  changed[20]! ^= 1;
  driver.run('UPDATE audit_head SET seal = ?', [changed]);
  expect(verify()).toMatchObject(bad(4, /seal of the chain was changed/));
  driver.exec('UPDATE audit_head SET seal = NULL');
  expect(verify()).toMatchObject(bad(4, /seal of the chain was removed/));
});

test('While the keychain is locked the chain goes on, and the next entry after that seals it all', () => {
  append(2);
  sealer.locked = true;
  append(2);
  expect(verify()).toMatchObject({ ok: true, entries: 4 });
  sealer.locked = false;
  expect(verify()).toMatchObject({ ok: true, entries: 4 });
  append(1);
  rewriteFrom(3, 5);
  expect(verify()).toMatchObject(bad(5, /not the one that was sealed/));
  sealer.locked = true;
  expect(verify()).toMatchObject({ ok: true });
});

test('Text that no file can hold as it is leaves the chain whole', () => {
  const half = 'half a pair \ud800, a \0 and a \u2028';
  store.database.audit.append(anAuditEntry({ actor: half, subject: half, sentence: half }));
  store.reopen();
  expect(verify().ok).toBe(true);
});
