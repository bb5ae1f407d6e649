import { expect, test } from 'vitest';
import type { Row } from '../../../electron/database/driver.ts';
import { auditHash } from '../../../electron/database/verify-audit.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { append, bad, driver, fixture, prepareChain, sealer, tamper, verify } from './audit-chain.ts';

prepareChain();

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
  fixture.database.secrets.put('ep_1', 'password', Secret.of('x'));
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
