import { asFailure } from '#shared/failure.ts';
import { type AuditEntry, type AuditVerdict, auditEntry } from '#shared/model/audit.ts';
import type { Sealer } from '../secrets/envelope.ts';
import { Secret } from '../secrets/secret.ts';
import type { AuditRows } from './database.ts';
import type { Driver, Value } from './driver.ts';
import { type Columns, insertSql, reader } from './rows.ts';
import { auditHash, type SealedHead, verifyChain } from './verify-audit.ts';

const place = { owner: 'audit', name: 'head' };

const read = reader('audit', auditEntry, (row) => ({
  number: row.number,
  at: row.at,
  origin: row.origin,
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  outcome: row.outcome,
  sentence: row.sentence,
  previousHash: row.previous_hash,
  hash: row.hash,
}));

/**
 * The hash chain shows a changed, removed or inserted row; the kept head a cut end. Who can write to the file could
 * make both anew, so the head is also sealed with the master key whenever that is at hand.
 */
export class AuditRepository implements AuditRows {
  readonly #driver: Driver;
  readonly #sealer: Sealer;

  constructor(driver: Driver, sealer: Sealer) {
    this.#driver = driver;
    this.#sealer = sealer;
  }

  append(entry: Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>): AuditEntry {
    return this.#driver.transaction(() => {
      const head = this.#head();
      const number = head.entries + 1;
      const open = { ...columnsOf(entry), number, previous_hash: head.hash };
      const columns = { ...open, hash: auditHash(open) };
      this.#driver.run(insertSql('audit', columns), columns);
      this.#driver.run('UPDATE audit_head SET entries = ?, hash = ?, seal = coalesce(?, seal)', [
        number,
        columns.hash,
        this.#seal(`${number}:${columns.hash}`),
      ]);
      return read(columns);
    });
  }

  list(before: number | undefined, limit: number): AuditEntry[] {
    const where = before === undefined ? '' : 'WHERE number < ?';
    const params: Value[] = before === undefined ? [limit] : [before, limit];
    return this.#driver.all(`SELECT * FROM audit ${where} ORDER BY number DESC LIMIT ?`, params).map(read);
  }

  verify(): AuditVerdict {
    return this.#driver.transaction(() => {
      const head = this.#head();
      const seal = this.#openSeal(head.seal);
      return verifyChain(this.#driver, head, seal);
    });
  }

  #head(): { entries: number; hash: string; seal: Uint8Array | null } {
    const row = this.#driver.get('SELECT entries, hash, seal FROM audit_head');
    return {
      entries: Number(row?.entries ?? 0),
      hash: String(row?.hash ?? ''),
      seal: (row?.seal ?? null) as Uint8Array | null,
    };
  }

  /** Null while the master key is not at hand: the chain goes on, and the next row seals it all. */
  #seal(text: string): Buffer | null {
    try {
      return this.#sealer.seal(place, Secret.of(text));
    } catch (error) {
      if (asFailure(error).about === 'keychain') return null;
      throw error;
    }
  }

  #openSeal(seal: Uint8Array | null): SealedHead {
    if (seal === null) return this.#seal('') !== null && this.#sealsOthers() ? 'gone' : null;
    try {
      const [entries, hash] = this.#sealer.open(place, seal).text().split(':');
      return { entries: Number(entries), hash: hash ?? '' };
    } catch (error) {
      return asFailure(error).about === 'keychain' ? null : 'changed';
    }
  }

  #sealsOthers(): boolean {
    return this.#driver.get('SELECT 1 FROM secrets LIMIT 1') !== undefined;
  }
}

/** Under the new key; a seal that does not open stays, so that it is noticed as before. */
export function resealAuditHead(driver: Driver, from: Sealer, to: Sealer): void {
  const seal = driver.get('SELECT seal FROM audit_head')?.seal ?? null;
  if (seal === null) return;
  try {
    const text = from.open(place, seal as Uint8Array);
    driver.run('UPDATE audit_head SET seal = ?', [to.seal(place, text)]);
  } catch (error) {
    if (asFailure(error).code !== 'secret.damaged') throw error;
  }
}

function columnsOf(entry: Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>): Columns {
  return {
    at: entry.at,
    origin: entry.origin,
    actor: storable(entry.actor),
    action: entry.action,
    subject: storable(entry.subject),
    outcome: entry.outcome,
    sentence: storable(entry.sentence),
  };
}

/** Half a surrogate pair comes back from the file as another character, and the hash would not fit any more. */
function storable<T extends string | null>(text: T): T {
  return (text === null ? null : text.toWellFormed()) as T;
}
