import { type Order, order } from '#shared/model/order.ts';
import type { OrderRows } from './database.ts';
import type { Driver, Value } from './driver.ts';
import { type Columns, insertSql, json, mustAffect, reader, toJson, updateSql } from './rows.ts';

const read = reader('orders', order, (row) => ({
  id: row.id,
  number: row.number,
  authorityId: row.authority_id,
  authorityName: row.authority_name,
  taskId: row.task_id,
  nodeId: row.node_id,
  names: json(row.names),
  keyType: row.key_type,
  terms: json(row.terms),
  state: row.state,
  handle: json(row.handle),
  certificateFingerprint: row.certificate_fingerprint,
  refusedBecause: json(row.refused_because),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
}));

export class OrderRepository implements OrderRows {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  insert(value: Omit<Order, 'number'>): Order {
    const columns = columnsOf(value);
    const row = this.#driver.get(`${insertSql('orders', columns)} RETURNING *`, columns);
    if (row === undefined) throw new Error('an inserted order gave no row');
    return read(row);
  }

  update(value: Order): void {
    const columns = columnsOf(value);
    const affected = this.#driver.run(updateSql('orders', 'id', columns), columns);
    mustAffect(affected, `order ${value.number}`);
  }

  get(id: string): Order | null {
    return this.#one('WHERE id = ?', id);
  }

  byNumber(number: number): Order | null {
    return this.#one('WHERE number = ?', number);
  }

  ofTask(taskId: string): Order | null {
    return this.#one('WHERE task_id = ? ORDER BY number DESC', taskId);
  }

  list(limit: number, olderThan: number = Number.MAX_SAFE_INTEGER): Order[] {
    return this.#driver
      .all('SELECT * FROM orders WHERE number < ? ORDER BY number DESC LIMIT ?', [olderThan, limit])
      .map(read);
  }

  keptIssued(): Order[] {
    const kept = `SELECT owner FROM secrets WHERE name = 'issued'`;
    return this.#driver
      .all(`SELECT * FROM orders WHERE state = 'collected' AND id IN (${kept}) ORDER BY number DESC`)
      .map(read);
  }

  #one(where: string, value: Value): Order | null {
    const row = this.#driver.get(`SELECT * FROM orders ${where} LIMIT 1`, [value]);
    return row === undefined ? null : read(row);
  }
}

function columnsOf(value: Omit<Order, 'number'>): Columns {
  return {
    id: value.id,
    authority_id: value.authorityId,
    authority_name: value.authorityName,
    task_id: value.taskId,
    node_id: value.nodeId,
    names: toJson(value.names),
    key_type: value.keyType,
    terms: toJson(value.terms),
    state: value.state,
    handle: toJson(value.handle) ?? 'null',
    certificate_fingerprint: value.certificateFingerprint,
    refused_because: toJson(value.refusedBecause),
    created_at: value.createdAt,
    updated_at: value.updatedAt,
  };
}
