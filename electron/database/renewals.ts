import { type Renewal, renewal } from '#shared/model/renewal.ts';
import type { RenewalRows } from './database.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, json, reader, replaceSql, toJson } from './rows.ts';

const read = reader('renewals', renewal, (row) => ({
  nodeId: row.node_id,
  fingerprint: row.fingerprint,
  nextAt: row.next_at,
  because: row.because,
  sentence: row.sentence,
  failures: row.failures,
  lastFailure: json(row.last_failure),
  ariStart: row.ari_start,
  ariEnd: row.ari_end,
  ariAskAgainAt: row.ari_ask_again_at,
}));

export class RenewalRepository implements RenewalRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  upsert(value: Renewal): void {
    const columns = columnsOf(value);
    this.#driver.run(
      `${insertSql('renewals', columns)} ON CONFLICT (node_id) DO UPDATE SET ${replaceSql(columns, ['node_id'])}`,
      columns,
    );
  }

  get(nodeId: string): Renewal | null {
    const row = this.#driver.get('SELECT * FROM renewals WHERE node_id = ?', [nodeId]);
    return row === undefined ? null : read(row);
  }

  remove(nodeId: string): void {
    this.#driver.run('DELETE FROM renewals WHERE node_id = ?', [nodeId]);
  }

  any(): boolean {
    return this.#driver.get('SELECT 1 FROM renewals LIMIT 1') !== undefined;
  }

  revoked(): Renewal[] {
    return this.#driver
      .all(
        `SELECT r.* FROM renewals AS r JOIN certificates AS c ON c.fingerprint = r.fingerprint
         WHERE c.revoked_at IS NOT NULL AND r.because <> 'revoked' AND r.failures = 0 ORDER BY r.node_id`,
      )
      .map(read);
  }

  due(now: number): Renewal[] {
    return this.#driver
      .all('SELECT * FROM renewals WHERE next_at <= ? OR ari_ask_again_at <= ? ORDER BY next_at, node_id', [
        now,
        now,
      ])
      .map(read);
  }

  list(): Renewal[] {
    return this.#driver.all('SELECT * FROM renewals ORDER BY next_at, node_id').map(read);
  }
}

function columnsOf(value: Renewal): Columns {
  return {
    node_id: value.nodeId,
    fingerprint: value.fingerprint,
    next_at: value.nextAt,
    because: value.because,
    sentence: value.sentence,
    failures: value.failures,
    last_failure: toJson(value.lastFailure),
    ari_start: value.ariStart,
    ari_end: value.ariEnd,
    ari_ask_again_at: value.ariAskAgainAt,
  };
}
