import { Failure } from '#shared/failure.ts';
import { type Channel, type ChannelReport, channel } from '#shared/model/channel.ts';
import type { Driver } from './driver.ts';
import { type Columns, insertSql, json, mustAffect, orTaken, reader, toJson, updateSql } from './rows.ts';

/** Channels, by name. */
export interface ChannelRows {
  /** `channel.name-taken`. */
  insert(channel: Channel): void;
  /** Keeps the report. `channel.name-taken`. */
  update(channel: Channel): void;
  /** Nothing where the channel is gone. */
  setReport(id: string, report: ChannelReport): void;
  /** With its sealed secrets and what is still to be sent. */
  remove(id: string): void;
  get(id: string): Channel | null;
  /** By id, else by name (exact). */
  find(nameOrId: string): Channel | null;
  list(): Channel[];
}

const read = reader('channels', channel, (row) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  settings: json(row.settings),
  report: json(row.report),
  createdAt: row.created_at,
}));

export class ChannelRepository implements ChannelRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Channel): void {
    const columns = { ...columnsOf(value), report: toJson(value.report) };
    this.#named(value, () => this.#driver.run(insertSql('channels', columns), columns));
  }

  update(value: Channel): void {
    const columns = columnsOf(value);
    const affected = this.#named(value, () =>
      this.#driver.run(updateSql('channels', 'id', columns), columns),
    );
    mustAffect(affected, `channel "${value.name}"`);
  }

  setReport(id: string, report: ChannelReport): void {
    this.#driver.run('UPDATE channels SET report = ? WHERE id = ?', [toJson(report), id]);
  }

  remove(id: string): void {
    this.#driver.transaction(() => {
      this.#driver.run('DELETE FROM deliveries WHERE channel_id = ?', [id]);
      this.#driver.run('DELETE FROM secrets WHERE owner = ?', [id]);
      this.#driver.run('DELETE FROM channels WHERE id = ?', [id]);
    });
  }

  get(id: string): Channel | null {
    const row = this.#driver.get('SELECT * FROM channels WHERE id = ?', [id]);
    return row === undefined ? null : read(row);
  }

  find(nameOrId: string): Channel | null {
    const row = this.#driver.get('SELECT * FROM channels WHERE name = ?', [nameOrId]);
    return this.get(nameOrId) ?? (row === undefined ? null : read(row));
  }

  list(): Channel[] {
    return this.#driver.all('SELECT * FROM channels ORDER BY name COLLATE NOCASE, id').map(read);
  }

  #named(value: Channel, write: () => number): number {
    return orTaken(
      write,
      () =>
        new Failure('channel.name-taken', `There is already a channel named "${value.name}".`, {
          hint: 'Choose another name.',
        }),
    );
  }
}

function columnsOf(value: Channel): Columns {
  return {
    id: value.id,
    name: value.name,
    kind: value.kind,
    settings: toJson(value.settings),
    created_at: value.createdAt,
  };
}
