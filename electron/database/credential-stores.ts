import { Failure } from '#shared/failure.ts';
import { type CredentialStore, credentialStore, type StoreUser } from '#shared/model/credential-store.ts';
import type { CredentialStoreRows } from './database.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, json, mustAffect, orTaken, reader, toJson, updateSql } from './rows.ts';

const read = reader('credential_stores', credentialStore, (row) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  settings: json(row.settings),
  report: json(row.report),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
}));

export class CredentialStoreRepository implements CredentialStoreRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: CredentialStore): void {
    const columns = columnsOf(value);
    orTaken(
      () => this.#driver.run(insertSql('credential_stores', columns), columns),
      () => nameTaken(value.name),
    );
  }

  update(value: CredentialStore): void {
    const columns = columnsOf(value);
    const affected = orTaken(
      () => this.#driver.run(updateSql('credential_stores', 'id', columns), columns),
      () => nameTaken(value.name),
    );
    mustAffect(affected, `credential store "${value.name}"`);
  }

  remove(id: string): void {
    const notes = `credential-store/${id}/`;
    this.#driver.transaction(() => {
      this.#driver.run(
        'DELETE FROM secrets WHERE owner IN (SELECT row_id FROM credentials WHERE store_id = ?)',
        [id],
      );
      this.#driver.run('DELETE FROM secrets WHERE owner = ?', [id]);
      this.#driver.run('DELETE FROM meta WHERE substr(name, 1, ?) = ?', [notes.length, notes]);
      this.#driver.run('DELETE FROM credential_stores WHERE id = ?', [id]);
    });
  }

  get(id: string): CredentialStore | null {
    const row = this.#driver.get('SELECT * FROM credential_stores WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  find(nameOrId: string): CredentialStore | null {
    const row = this.#driver.get('SELECT * FROM credential_stores WHERE name = ?', [nameOrId]);
    return this.get(nameOrId) ?? (row === undefined ? null : read(row));
  }

  list(): CredentialStore[] {
    return this.#driver.all('SELECT * FROM credential_stores ORDER BY name COLLATE NOCASE, id').map(read);
  }

  /** With their login, or with another secret. An endpoint whose row is damaged is not counted: it cannot be opened. */
  usedBy(id: string): StoreUser[] {
    const rows = this.#driver.all(
      `SELECT id, name, json_extract(connection, '$.storeCredentialId') AS credential_id FROM endpoints
       WHERE CASE WHEN json_valid(connection) THEN json_extract(connection, '$.store') END = ?
       UNION
       SELECT e.id, e.name, json_extract(s.value, '$.credentialId')
       FROM endpoints AS e, json_each(CASE WHEN json_valid(e.settings) THEN e.settings ELSE '{}' END, '$.secrets') AS s
       WHERE s.type = 'object' AND json_extract(s.value, '$.store') = ?
       ORDER BY name COLLATE NOCASE, id`,
      [id, id],
    );
    return rows.map((row) => ({
      kind: 'endpoint',
      id: String(row.id),
      name: String(row.name),
      credentialId: String(row.credential_id ?? ''),
    }));
  }
}

function columnsOf(value: CredentialStore): Columns {
  return {
    id: value.id,
    name: value.name,
    kind: value.kind,
    settings: toJson(value.settings),
    report: toJson(value.report),
    created_at: value.createdAt,
    updated_at: value.updatedAt,
  };
}

function nameTaken(name: string): Failure {
  return new Failure('credential-store.name-taken', `There is already a credential store named "${name}".`, {
    hint: 'Choose another name.',
  });
}
