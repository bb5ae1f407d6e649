import { judgedBy, type Mutation } from '../mutation.ts';

const verify = 'electron/database/verify-audit.ts';
const audit = 'electron/database/audit.ts';

/** The chain of audit rows and its seal. */
export const auditMutations: readonly Mutation[] = judgedBy(
  [
    'test/unit/database/audit.machine.test.ts',
    'test/unit/database/audit-forged.machine.test.ts',
    'test/security/audit-forgery.test.ts',
  ],
  [
    ...(['action', 'actor', 'at', 'number', 'origin', 'outcome', 'sentence', 'subject'] as const).map(
      (field) => ({
        breaks: `the hash of a row leaves its ${field} out`,
        file: verify,
        find: 'JSON.stringify({ action, actor, at, number, origin, outcome, sentence, subject })',
        put: `JSON.stringify({ action, actor, at, number, origin, outcome, sentence, subject, ${field}: 0 })`,
      }),
    ),
    {
      breaks: 'a row is not bound to the one before it',
      file: verify,
      find: ".update(String(row.previous_hash)).update('\\n')",
      put: '',
    },
    {
      breaks: 'an inserted row is not seen',
      file: verify,
      find: 'if (number < expected)',
      put: 'if (false)',
    },
    { breaks: 'a missing row is not seen', file: verify, find: 'if (number > expected)', put: 'if (false)' },
    {
      breaks: 'a row added at the end is not seen',
      file: verify,
      find: 'if (number > keptEntries)',
      put: 'if (false)',
    },
    {
      breaks: 'a changed row is not seen',
      file: verify,
      find: 'if (auditHash(row) !== row.hash)',
      put: 'if (false)',
    },
    {
      breaks: 'a row that does not follow the one before is not seen',
      file: verify,
      find: 'if (row.previous_hash !== walk.head)',
      put: 'if (false)',
    },
    {
      breaks: 'a chain written anew is not seen',
      file: verify,
      find: 'seal?.entries === number && seal.hash !== row.hash',
      put: 'seal?.entries === number && false',
    },
    {
      breaks: 'an end that was cut off is not seen',
      file: verify,
      find: 'if (walk.entries < written)',
      put: 'if (false)',
    },
    {
      breaks: 'the seal does not say how long the chain was',
      file: verify,
      find: "Math.max(kept.entries, typeof seal === 'object' && seal !== null ? seal.entries : 0)",
      put: 'kept.entries',
    },
    {
      breaks: 'another last row is not seen',
      file: verify,
      find: 'if (kept.hash !== walk.head)',
      put: 'if (false)',
    },
    {
      breaks: 'a seal that was changed or removed is not seen',
      file: verify,
      find: "if (seal === 'changed' || seal === 'gone')",
      put: 'if (false)',
    },
    {
      breaks: 'a seal that was removed is not seen',
      file: verify,
      find: "if (seal === 'changed' || seal === 'gone')",
      put: "if (seal === 'changed')",
    },
    {
      breaks: 'only the first thousand rows are looked at',
      file: verify,
      find: 'if (rows.length < page) break;',
      put: 'break;',
    },
    {
      breaks: 'the head is not sealed',
      file: audit,
      find: 'this.#seal(`${number}:${columns.hash}`)',
      put: 'null',
    },
    {
      breaks: 'the row and the head are not written together',
      file: audit,
      find: `append(entry: Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>): AuditEntry {
    return this.#driver.transaction(() => {`,
      put: `append(entry: Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>): AuditEntry {
    return ((run: () => AuditEntry) => run())(() => {`,
    },
    {
      breaks: 'a removed seal counts as none while secrets are sealed',
      file: audit,
      find: "? 'gone' : null",
      put: '? null : null',
    },
    {
      breaks: 'a seal of somebody else counts as none',
      file: audit,
      find: "? null : 'changed'",
      put: '? null : null',
    },
    {
      breaks: 'half a surrogate pair is hashed as it came',
      file: audit,
      find: 'text.toWellFormed()',
      put: 'text',
    },
  ],
);
