import { Failure } from '#shared/failure.ts';
import { type Authority, authority } from '#shared/model/authority.ts';
import type { AuthorityRows } from './database.ts';
import type { Driver } from './driver.ts';
import {
  bool,
  type Columns,
  insertSql,
  json,
  mustAffect,
  orTaken,
  reader,
  toJson,
  updateSql,
} from './rows.ts';

const read = reader('authorities', authority, (row) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  isDefault: bool(row.is_default),
  settings: json(row.settings),
  createdAt: row.created_at,
}));

export class AuthorityRepository implements AuthorityRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Authority): void {
    this.#write(value, (columns) => insertSql('authorities', columns));
  }

  update(value: Authority): void {
    const affected = this.#write(value, (columns) => updateSql('authorities', 'id', columns));
    mustAffect(affected, `authority "${value.name}"`);
  }

  /** Its sealed secrets (account key, root key) go with it. */
  remove(id: string): void {
    this.#driver.transaction(() => {
      this.#driver.run('DELETE FROM secrets WHERE owner = ?', [id]);
      this.#driver.run('DELETE FROM authorities WHERE id = ?', [id]);
    });
  }

  get(id: string): Authority | null {
    const row = this.#driver.get('SELECT * FROM authorities WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  find(nameOrId: string): Authority | null {
    const row = this.#driver.get('SELECT * FROM authorities WHERE name = ?', [nameOrId]);
    return this.get(nameOrId) ?? (row === undefined ? null : read(row));
  }

  default(): Authority | null {
    const row = this.#driver.get('SELECT * FROM authorities WHERE is_default = 1');
    return row === undefined ? null : read(row);
  }

  setDefault(id: string): void {
    this.#driver.transaction(() => {
      this.#clearDefault();
      const affected = this.#driver.run('UPDATE authorities SET is_default = 1 WHERE id = ?', [id]);
      mustAffect(affected, `authority ${id}`);
    });
  }

  list(): Authority[] {
    return this.#driver.all('SELECT * FROM authorities ORDER BY name COLLATE NOCASE, id').map(read);
  }

  usedBy(id: string): string[] {
    const endpoints = this.#driver.all(
      `SELECT name FROM endpoints
       WHERE json_extract(policy, '$.authorityId') = @id OR json_extract(policy, '$.fallbackId') = @id
       ORDER BY name COLLATE NOCASE`,
      { id },
    );
    const orders = this.#driver.all(
      `SELECT number, state FROM orders WHERE authority_id = ? AND state NOT IN ('collected', 'refused')
       AND state <> 'abandoned' ORDER BY number`,
      [id],
    );
    return [
      ...endpoints.map((row) => `endpoint ${row.name}`),
      ...orders.map((row) => `order ${row.number} (${row.state})`),
    ];
  }

  #write(value: Authority, sql: (columns: Columns) => string): number {
    const columns = columnsOf(value);
    return this.#driver.transaction(() => {
      if (value.isDefault) this.#clearDefault();
      return orTaken(
        () => this.#driver.run(sql(columns), columns),
        () =>
          new Failure('authority.name-taken', `There is already an authority named "${value.name}".`, {
            hint: 'Choose another name.',
          }),
      );
    });
  }

  #clearDefault(): void {
    this.#driver.run('UPDATE authorities SET is_default = 0 WHERE is_default = 1');
  }
}

function columnsOf(value: Authority): Columns {
  return {
    id: value.id,
    name: value.name,
    kind: value.kind,
    is_default: value.isDefault ? 1 : 0,
    settings: toJson(value.settings),
    created_at: value.createdAt,
  };
}
