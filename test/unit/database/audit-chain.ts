import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Driver } from '../../../electron/database/driver.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { anAuditEntry } from '../../make/rows.ts';

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

export let sealer: Lockable;
export let fixture: TestDatabase;
export let driver: Driver;

export function append(count: number): void {
  for (let index = 0; index < count; index += 1)
    fixture.database.audit.append(anAuditEntry({ at: now + index, sentence: `Entry ${index}.` }));
}

/** As somebody with the file and a tool would do it. */
export function tamper(...statements: string[]): void {
  driver.exec('DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_fixed');
  for (const statement of statements) driver.exec(statement);
}

export const verify = () => fixture.database.audit.verify();
export const bad = (number: number, sentence: RegExp) => ({
  ok: false,
  firstBad: { number, sentence: expect.stringMatching(sentence) },
});

/** Every test starts with a new store whose audit is empty. */
export function prepareChain(): void {
  beforeEach(() => {
    sealer = new Lockable();
    fixture = makeDatabase(sealer);
    driver = (fixture.database as SqliteDatabase).driver;
  });
  afterEach(() => fixture.remove());
}
