import { Failure } from '#shared/failure.ts';
import { type Credential, credential } from '#shared/model/credential-store.ts';
import type { CredentialRows } from './database.ts';
import type { Driver, Row, Value } from './driver.ts';
import { type Columns, insertSql, mustAffect, orTaken, reader, updateSql } from './rows.ts';

/**
 * Named as the model names them, so that a list of a hundred thousand makes each object once. The store's id is known
 * and not read: its column only asks for a place in the object.
 */
const columns = `row_id AS rowId, NULL AS storeId, id, username, has_password AS hasPassword,
  private_key AS privateKey, created_at AS createdAt, updated_at AS updatedAt`;
const parse = reader('credentials', credential, (row) => row);

export class CredentialRepository implements CredentialRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Credential): void {
    const written = columnsOf(value);
    orTaken(
      () => this.#driver.run(insertSql('credentials', written), written),
      () => exists(value.id),
    );
  }

  update(value: Credential): void {
    const written = columnsOf(value);
    const affected = orTaken(
      () => this.#driver.run(updateSql('credentials', 'row_id', written), written),
      () => exists(value.id),
    );
    mustAffect(affected, `credential "${value.id}"`);
  }

  remove(rowId: string): void {
    this.#driver.transaction(() => {
      this.#driver.run('DELETE FROM secrets WHERE owner = ?', [rowId]);
      this.#driver.run('DELETE FROM credentials WHERE row_id = ?', [rowId]);
    });
  }

  get(storeId: string, id: string): Credential | null {
    const row = this.#driver.get(`SELECT ${columns} FROM credentials WHERE store_id = ? AND id = ?`, [
      storeId,
      id,
    ]);
    return row === undefined ? null : parse(shaped(row, storeId));
  }

  page(
    storeId: string,
    request: { limit?: number | undefined; after?: string | undefined; search?: string | undefined },
  ): Credential[] {
    const { sql, values } = among(storeId, request.search);
    const rows = this.#driver.all(
      `SELECT ${columns} FROM credentials WHERE ${sql} AND id > ? ORDER BY id LIMIT ?`,
      [...values, request.after ?? '', request.limit ?? -1],
    );
    return rows.map((row) => quick(row, storeId));
  }

  count(storeId: string, search?: string): number {
    const { sql, values } = among(storeId, search);
    return Number(this.#driver.get(`SELECT count(*) AS n FROM credentials WHERE ${sql}`, values)?.n);
  }
}

/** Capital letters make no difference in a search. */
function among(storeId: string, search: string | undefined): { sql: string; values: Value[] } {
  if (search === undefined || search === '') return { sql: 'store_id = ?', values: [storeId] };
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return { sql: `store_id = ? AND id LIKE ? ESCAPE '\\'`, values: [storeId, pattern] };
}

/** What the strict table guarantees is not parsed again; a row that looks wrong is: the schema says what is wrong. */
function quick(row: Row, storeId: string): Credential {
  const value = shaped(row, storeId) as unknown as Credential;
  const { id, hasPassword, privateKey } = value;
  const fits = id.length > 0 && id.length <= 255 && typeof hasPassword === 'boolean';
  return fits && (privateKey === null || privateKey.fingerprint !== undefined) ? value : parse(row);
}

/** The same object, with what SQLite has no type for put right. */
function shaped(row: Row, storeId: string): Row {
  row.storeId = storeId;
  if (row.hasPassword === 1) row.hasPassword = true;
  else if (row.hasPassword === 0) row.hasPassword = false;
  if (row.privateKey !== null) row.privateKey = keyOf(String(row.privateKey));
  return row;
}

/** Without a fingerprint it does not fit the schema. */
function keyOf(text: string): { type: string; fingerprint: string | undefined; hasPassphrase: boolean } {
  const [type = '', fingerprint, passphrase] = text.split(' ');
  return { type, fingerprint, hasPassphrase: passphrase !== undefined };
}

function keyText(key: Credential['privateKey']): string | null {
  return key === null ? null : `${key.type} ${key.fingerprint}${key.hasPassphrase ? ' passphrase' : ''}`;
}

function columnsOf(value: Credential): Columns {
  return {
    row_id: value.rowId,
    store_id: value.storeId,
    id: value.id,
    username: value.username,
    has_password: value.hasPassword ? 1 : 0,
    private_key: keyText(value.privateKey),
    created_at: value.createdAt,
    updated_at: value.updatedAt,
  };
}

function exists(id: string): Failure {
  return new Failure('credential.exists', `The credential store already has a credential "${id}".`, {
    hint: 'Choose another ID, or change that credential.',
  });
}
