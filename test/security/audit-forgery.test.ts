/**
 * The attack: somebody with the database file and a tool wants to have done nothing, or to have had a yes. What the chain,
 * its kept head and the seal over it show is tested with the repository; here stands the rest of what SECURITY.md says:
 * the forgeries that are not noticed, so that nobody believes more than is true.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDatabase, readySealer, type TestDatabase } from '#test/make/database.ts';
import { anAuditEntry } from '#test/make/rows.ts';
import type { Driver } from '../../electron/database/driver.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { auditHash } from '../../electron/database/verify-audit.ts';

let fixture: TestDatabase;
const driver = (): Driver => (fixture.database as SqliteDatabase).driver;
const append = (sentence: string) => fixture.database.audit.append(anAuditEntry({ sentence }));
const verify = () => fixture.database.audit.verify();

beforeEach(() => {
  fixture = makeDatabase(readySealer());
  for (let i = 1; i <= 5; i++) append(`Entry ${i}.`);
});
afterEach(() => fixture.remove());

/** A row of the attacker's at the end, with a hash that fits, and the kept head moved on; the seal cannot be made. */
function forgeAtTheEnd(): void {
  const last = driver().get('SELECT * FROM audit ORDER BY number DESC LIMIT 1');
  const { at, origin, actor, action, subject, outcome } = last ?? {};
  const open = {
    number: 6,
    at,
    origin,
    actor,
    action,
    subject,
    outcome,
    sentence: 'Approved.',
    previous_hash: last?.hash,
  };
  const row = { ...open, hash: auditHash(open as never) };
  const names = Object.keys(row);
  driver().run(
    `INSERT INTO audit (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row) as never,
  );
  driver().run('UPDATE audit_head SET entries = 6, hash = ?', [row.hash]);
}

describe('somebody who can write to the database file', () => {
  test('is noticed who writes the whole chain anew, for the seal cannot be made without the master key', () => {
    driver().exec('DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_fixed');
    let previous = '0'.repeat(64);
    for (const row of driver().all('SELECT * FROM audit ORDER BY number', [])) {
      const changed = { ...row, sentence: `Forged ${row.number}.`, previous_hash: previous };
      previous = auditHash(changed);
      driver().run('UPDATE audit SET sentence = ?, previous_hash = ?, hash = ? WHERE number = ?', [
        ...[changed.sentence, changed.previous_hash, previous, Number(row.number)],
      ]);
    }
    driver().run('UPDATE audit_head SET hash = ?', [previous]);
    expect(verify()).toMatchObject({ ok: false, firstBad: { number: 5 } });
  });

  test('is NOT noticed who adds an entry after the last sealed one: it looks written while the keychain was locked', () => {
    forgeAtTheEnd();
    expect(verify().ok).toBe(true);
  });

  test('is NOT noticed who puts back the whole file of an earlier day, unless its head was noted elsewhere', () => {
    const noted = verify().head;
    const { path } = driver();
    driver().exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = `${path}.earlier`;
    copyFileSync(path, copy);
    append('What is to be forgotten.');
    const later = verify().head;
    fixture.database.close();
    copyFileSync(copy, path);
    for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    fixture.reopen();
    expect(verify()).toMatchObject({ ok: true, head: noted });
    expect(later).not.toBe(noted);
  });
});
