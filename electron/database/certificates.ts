import { type Certificate, certificate } from '#shared/model/certificate.ts';
import type { CertificateRows } from './database.ts';
import type { Driver, Row } from './driver.ts';
import { bool, type Columns, insertSql, json, reader, toJson } from './rows.ts';

const listed = `fingerprint, key_fingerprint, serial, subject, issuer, names, not_before, not_after, key_type,
  self_signed, order_number, first_seen_at, revoked_at, revoked_reason`;

/** The facts of a certificate as columns of that name, also when they come out of a join. */
export function certificateShape(row: Row): Record<string, unknown> {
  return {
    fingerprint: row.fingerprint,
    keyFingerprint: row.key_fingerprint,
    serial: row.serial,
    subject: row.subject,
    issuer: row.issuer,
    names: json(row.names),
    notBefore: row.not_before,
    notAfter: row.not_after,
    keyType: row.key_type,
    selfSigned: bool(row.self_signed),
  };
}

/** What is known of a certificate beside what stands in it. */
function knownShape(row: Row): Record<string, unknown> {
  return {
    orderNumber: row.order_number,
    firstSeenAt: row.first_seen_at,
    revoked: row.revoked_at === null ? null : { at: row.revoked_at, reason: row.revoked_reason },
  };
}

const readListed = reader('certificates', certificate.omit({ chainPem: true }), (row) => ({
  ...certificateShape(row),
  ...knownShape(row),
}));
const read = reader('certificates', certificate, (row) => ({
  ...certificateShape(row),
  ...knownShape(row),
  chainPem: row.chain_pem,
}));

export class CertificateRepository implements CertificateRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  upsert(value: Certificate): void {
    const columns = columnsOf(value);
    // the authority's own chain is better than the one met on a disk, any chain better than none
    this.#driver.run(
      `${insertSql('certificates', columns)} ON CONFLICT (fingerprint) DO UPDATE SET
         order_number = coalesce(excluded.order_number, order_number),
         chain_pem = CASE
           WHEN excluded.chain_pem = '' THEN chain_pem
           WHEN chain_pem = '' OR excluded.order_number IS NOT NULL THEN excluded.chain_pem
           ELSE chain_pem END`,
      columns,
    );
  }

  markRevoked(fingerprint: string, { at, reason }: NonNullable<Certificate['revoked']>): boolean {
    const known = this.#driver.run(
      'UPDATE certificates SET revoked_at = ?, revoked_reason = ? WHERE fingerprint = ? AND revoked_at IS NULL',
      [at, reason, fingerprint],
    );
    // what failed before was to be tried again in hours: now there is a hurry
    if (known > 0) this.#driver.run('UPDATE renewals SET failures = 0 WHERE fingerprint = ?', [fingerprint]);
    return known > 0;
  }

  get(fingerprint: string): Certificate | null {
    return this.#one('WHERE fingerprint = ?', fingerprint.toLowerCase());
  }

  find(text: string): Certificate | null {
    const plain = text.trim().toLowerCase().replaceAll(':', '');
    if (/^\d{1,15}$/.test(plain)) {
      const ours = this.#one('WHERE order_number = ? ORDER BY not_after DESC', Number(plain));
      if (ours !== null) return ours;
    }
    return (
      this.get(plain) ??
      this.#one('WHERE serial = ? COLLATE NOCASE ORDER BY not_after DESC', plain) ??
      this.#byPrefix(plain)
    );
  }

  list(): ReturnType<CertificateRows['list']> {
    const users = new Map<string, { nodeId: string; name: string }[]>();
    const rows = this.#driver.all(
      `SELECT id, name, fingerprint FROM nodes WHERE fingerprint IS NOT NULL AND missing_since IS NULL ORDER BY name`,
    );
    for (const row of rows) {
      const fingerprint = String(row.fingerprint);
      const user = { nodeId: String(row.id), name: String(row.name) };
      const known = users.get(fingerprint);
      if (known === undefined) users.set(fingerprint, [user]);
      else known.push(user);
    }
    return this.#driver
      .all(`SELECT ${listed} FROM certificates ORDER BY not_after, fingerprint`)
      .map((row) => ({ ...readListed(row), usedBy: users.get(String(row.fingerprint)) ?? [] }));
  }

  #one(where: string, value: string | number): Certificate | null {
    const row = this.#driver.get(`SELECT * FROM certificates ${where} LIMIT 1`, [value]);
    return row === undefined ? null : read(row);
  }

  #byPrefix(prefix: string): Certificate | null {
    if (!/^[0-9a-f]{8,64}$/.test(prefix)) return null;
    const rows = this.#driver.all(
      `SELECT * FROM certificates WHERE fingerprint >= ? AND fingerprint < ? LIMIT 2`,
      [prefix, `${prefix}g`],
    );
    const [only] = rows;
    return only === undefined || rows.length > 1 ? null : read(only);
  }
}

function columnsOf(value: Certificate): Columns {
  return {
    fingerprint: value.fingerprint,
    key_fingerprint: value.keyFingerprint,
    serial: value.serial,
    subject: value.subject,
    issuer: value.issuer,
    names: toJson(value.names),
    not_before: value.notBefore,
    not_after: value.notAfter,
    key_type: value.keyType,
    self_signed: value.selfSigned ? 1 : 0,
    order_number: value.orderNumber,
    first_seen_at: value.firstSeenAt,
    revoked_at: value.revoked?.at ?? null,
    revoked_reason: value.revoked?.reason ?? null,
    chain_pem: value.chainPem,
  };
}
