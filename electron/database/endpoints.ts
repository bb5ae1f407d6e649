import { Failure } from '#shared/failure.ts';
import { type Endpoint, endpoint } from '#shared/model/endpoint.ts';
import type { EndpointRows } from './database.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, json, mustAffect, orTaken, reader, toJson, updateSql } from './rows.ts';

const read = reader('endpoints', endpoint, (row) => ({
  id: row.id,
  name: row.name,
  type: row.type,
  connection: json(row.connection),
  settings: json(row.settings),
  policy: json(row.policy),
  probe: json(row.probe),
  discoveredAt: row.discovered_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
}));

export class EndpointRepository implements EndpointRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Endpoint): void {
    const columns = columnsOf(value);
    orTaken(
      () => this.#driver.run(insertSql('endpoints', columns), columns),
      () => nameTaken(value.name),
    );
  }

  update(value: Endpoint): void {
    const columns = columnsOf(value);
    const affected = orTaken(
      () => this.#driver.run(updateSql('endpoints', 'id', columns), columns),
      () => nameTaken(value.name),
    );
    mustAffect(affected, `endpoint "${value.name}"`);
  }

  remove(id: string): void {
    this.#driver.transaction(() => {
      this.#driver.run('DELETE FROM secrets WHERE owner = ?', [id]);
      this.#driver.run('DELETE FROM endpoints WHERE id = ?', [id]);
    });
  }

  get(id: string): Endpoint | null {
    const row = this.#driver.get('SELECT * FROM endpoints WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  find(nameOrId: string): Endpoint | null {
    const row = this.#driver.get('SELECT * FROM endpoints WHERE name = ?', [nameOrId]);
    return this.get(nameOrId) ?? (row === undefined ? null : read(row));
  }

  list(): Endpoint[] {
    return this.#driver.all('SELECT * FROM endpoints ORDER BY name COLLATE NOCASE, id').map(read);
  }

  reachedBy(types: readonly string[]): Endpoint[] {
    const sql =
      "SELECT * FROM endpoints WHERE json_extract(connection, '$.type') IN (SELECT value FROM json_each(?)) ORDER BY name COLLATE NOCASE, id";
    return this.#driver.all(sql, [JSON.stringify(types)]).map(read);
  }
}

function columnsOf(value: Endpoint): Columns {
  return {
    id: value.id,
    name: value.name,
    type: value.type,
    connection: toJson(value.connection),
    settings: toJson(value.settings),
    policy: toJson(value.policy),
    probe: toJson(value.probe),
    discovered_at: value.discoveredAt,
    created_at: value.createdAt,
    updated_at: value.updatedAt,
  };
}

function nameTaken(name: string): Failure {
  return new Failure('endpoint.name-taken', `There is already an endpoint named "${name}".`, {
    hint: 'Choose another name.',
  });
}
