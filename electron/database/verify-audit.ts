import { createHash } from 'node:crypto';
import type { AuditVerdict } from '#shared/model/audit.ts';
import type { Driver, Row } from './driver.ts';

const page = 1000;

/** What the seal says the chain reached; null when there is none or nobody can open it now. */
export type SealedHead = { entries: number; hash: string } | 'gone' | 'changed' | null;

/** Over the previous hash and the rest of the row, as JSON with its keys in alphabetical order. */
export function auditHash(row: Row): string {
  const { action, actor, at, number, origin, outcome, sentence, subject } = row;
  const canonical = JSON.stringify({ action, actor, at, number, origin, outcome, sentence, subject });
  return createHash('sha256').update(String(row.previous_hash)).update('\n').update(canonical).digest('hex');
}

interface Walk {
  entries: number;
  head: string;
  firstBad: { number: number; sentence: string } | null;
}

/** Walks the chain from its beginning, a page at a time, and stops at the first row that does not fit. */
export function verifyChain(
  driver: Driver,
  kept: { entries: number; hash: string },
  seal: SealedHead,
): AuditVerdict {
  const walk: Walk = { entries: 0, head: '0'.repeat(64), firstBad: null };
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = driver.all('SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?', [after, page]);
    for (const row of rows) {
      walk.firstBad = badRow(row, walk, kept.entries, seal);
      if (walk.firstBad !== null) return verdict(driver, walk);
      walk.entries += 1;
      walk.head = String(row.hash);
      after = Number(row.number);
    }
    if (rows.length < page) break;
  }
  walk.firstBad = badEnd(walk, kept, seal);
  return verdict(driver, walk);
}

function badRow(row: Row, walk: Walk, keptEntries: number, seal: SealedHead): Walk['firstBad'] {
  const expected = walk.entries + 1;
  const number = Number(row.number);
  if (number < expected) return { number, sentence: `Entry ${number} was inserted.` };
  if (number > expected) return { number: expected, sentence: `Entry ${expected} is missing.` };
  if (number > keptEntries)
    return { number, sentence: `Entry ${number} was inserted at the end; Trustkeep wrote ${keptEntries}.` };
  if (auditHash(row) !== row.hash) return { number, sentence: `Entry ${number} was changed.` };
  if (row.previous_hash !== walk.head)
    return {
      number,
      sentence: `Entry ${number} does not follow the one before it: that one was replaced, or this one inserted.`,
    };
  if (typeof seal === 'object' && seal?.entries === number && seal.hash !== row.hash)
    return {
      number,
      sentence: `Entry ${number} is not the one that was sealed: the whole chain was rewritten.`,
    };
  return null;
}

function badEnd(walk: Walk, kept: { entries: number; hash: string }, seal: SealedHead): Walk['firstBad'] {
  const written = Math.max(kept.entries, typeof seal === 'object' && seal !== null ? seal.entries : 0);
  if (walk.entries < written) {
    const number = walk.entries + 1;
    return { number, sentence: `Entry ${number} is missing: the end of the chain was cut off.` };
  }
  if (kept.hash !== walk.head)
    return { number: walk.entries, sentence: `Entry ${walk.entries} is not the last one that was written.` };
  if (seal === 'changed' || seal === 'gone')
    return {
      number: walk.entries,
      sentence: `The seal of the chain was ${seal === 'gone' ? 'removed' : 'changed'}.`,
    };
  return null;
}

function verdict(driver: Driver, walk: Walk): AuditVerdict {
  const entries = Number(driver.get('SELECT count(*) AS count FROM audit')?.count);
  return { ok: walk.firstBad === null, entries, firstBad: walk.firstBad, head: walk.head };
}
