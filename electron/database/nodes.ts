import { newId } from '#kit/ids.ts';
import { atOnce } from '#kit/in-slices.ts';
import { type DiscoveredNode, type EndpointNode, endpointNode, type ServedFact } from '#shared/model/node.ts';
import { certificateShape } from './certificates.ts';
import type { CertificateRows } from './database.ts';
import type { Driver } from './driver.ts';
import type { NodeRows } from './node-rows.ts';
import { type Columns, insertSql, json, mustAffect, reader, replaceSql, toJson } from './rows.ts';

/** Certificate columns keep their names; those of the node that clash are renamed. */
const select = `SELECT n.id, n.endpoint_id, e.name AS endpoint_name, n.key, n.name AS node_name, n.alias, n.protocol,
  n.bindings, n.server_names, n.certificate_path, n.key_path, n.web_root, n.not_installable, n.place,
  n.managed_by,
  n.served_state, n.served_fingerprint, n.served_sentence, n.served_at, n.missing_since, n.discovered_at,
  c.fingerprint, c.key_fingerprint, c.serial, c.subject, c.issuer, c.names, c.not_before, c.not_after, c.key_type,
  c.self_signed, c.order_number, c.revoked_at IS NOT NULL AS revoked,
  n.id IN (SELECT subject_id FROM tasks WHERE state = 'waiting' AND waiting_for = 'endpoint-restart')
    AS restart_required
  FROM nodes n JOIN endpoints e ON e.id = n.endpoint_id LEFT JOIN certificates c ON c.fingerprint = n.fingerprint`;

const read = reader('nodes', endpointNode, (row) => ({
  id: row.id,
  endpointId: row.endpoint_id,
  endpointName: row.endpoint_name,
  key: row.key,
  name: row.node_name,
  alias: row.alias,
  protocol: row.protocol,
  bindings: json(row.bindings),
  serverNames: json(row.server_names),
  certificatePath: row.certificate_path,
  keyPath: row.key_path,
  webRoot: row.web_root,
  notInstallable: row.not_installable,
  place: row.place,
  managedBy: row.managed_by === null ? null : json(row.managed_by),
  certificate: row.fingerprint === null ? null : certificateShape(row),
  orderNumber: row.order_number,
  revoked: row.revoked === 1,
  served: {
    state: row.served_state,
    fingerprint: row.served_fingerprint,
    sentence: row.served_sentence,
    at: row.served_at,
  },
  restartRequired: row.restart_required === 1,
  missingSince: row.missing_since,
  discoveredAt: row.discovered_at,
}));

const order = 'ORDER BY e.name COLLATE NOCASE, n.name COLLATE NOCASE, n.key';

/** Nodes that are read or written before anything else has its turn: a few milliseconds. */
const portion = 50;

/** At least one, which may be empty. */
function inPortions<T>(all: readonly T[]): T[][] {
  const count = Math.max(1, Math.ceil(all.length / portion));
  return Array.from({ length: count }, (_, at) => all.slice(at * portion, (at + 1) * portion));
}

/** What a later discovery leaves alone. */
const kept = [
  'id',
  'endpoint_id',
  'key',
  'served_state',
  'served_fingerprint',
  'served_sentence',
  'served_at',
];

export class NodeRepository implements NodeRows {
  readonly #driver: Driver;
  readonly #certificates: CertificateRows;

  constructor(driver: Driver, certificates: CertificateRows) {
    this.#driver = driver;
    this.#certificates = certificates;
  }

  *reconciling(
    endpointId: string,
    found: readonly DiscoveredNode[],
    now: number,
  ): Generator<undefined, void> {
    const portions = inPortions(found);
    for (const [at, some] of portions.entries()) {
      yield;
      this.#driver.transaction(() => {
        for (const node of some) this.#store(endpointId, node, now);
        if (at === portions.length - 1) this.#missing(endpointId, found, now);
      });
    }
  }

  reconcile(endpointId: string, found: readonly DiscoveredNode[], now: number): EndpointNode[] {
    return this.#driver.transaction(() => {
      atOnce(this.reconciling(endpointId, found, now));
      return this.list(endpointId);
    });
  }

  get(id: string): EndpointNode | null {
    const row = this.#driver.get(`${select} WHERE n.id = ?`, [id]);
    return row === undefined ? null : read(row);
  }

  find(text: string): EndpointNode[] {
    const byId = this.get(text);
    if (byId !== null) return [byId];
    const byPath = this.#named(`e.name || '/' || n.name = ?`, text);
    return byPath.length > 0 ? byPath : this.#named('n.name = ?', text);
  }

  *listing(endpointId?: string): Generator<undefined, EndpointNode[]> {
    const [where, params] = endpointId === undefined ? ['', []] : ['WHERE n.endpoint_id = ?', [endpointId]];
    const ids = this.#driver.all(
      `SELECT n.id FROM nodes n JOIN endpoints e ON e.id = n.endpoint_id ${where} ${order}`,
      params,
    );
    const found: EndpointNode[] = [];
    for (const some of inPortions(ids.map(({ id }) => id))) {
      yield;
      const rows = this.#driver.all(`${select} WHERE n.id IN (SELECT value FROM json_each(?)) ${order}`, [
        toJson(some),
      ]);
      found.push(...rows.map(read));
    }
    return found;
  }

  list(endpointId?: string): EndpointNode[] {
    const rows =
      endpointId === undefined
        ? this.#driver.all(`${select} ${order}`)
        : this.#driver.all(`${select} WHERE n.endpoint_id = ? ${order}`, [endpointId]);
    return rows.map(read);
  }

  lastSeenBefore({ ours, others }: { ours: number; others: number }): EndpointNode[] {
    const isOthers = "c.order_number IS NULL AND n.served_state <> 'unknown'";
    const where = `n.missing_since IS NULL AND c.fingerprint IS NOT NULL
      AND n.served_at <= CASE WHEN ${isOthers} THEN ? ELSE ? END`;
    return this.#driver.all(`${select} WHERE ${where} ORDER BY n.served_at`, [others, ours]).map(read);
  }

  setServed(id: string, served: ServedFact): void {
    const affected = this.#driver.run(
      'UPDATE nodes SET served_state = ?, served_fingerprint = ?, served_sentence = ?, served_at = ? WHERE id = ?',
      [served.state, served.fingerprint, served.sentence, served.at, id],
    );
    mustAffect(affected, `node ${id}`);
  }

  *settingServed(all: readonly { id: string; served: ServedFact }[]): Generator<undefined, void> {
    for (const some of inPortions(all)) {
      yield;
      this.#driver.transaction(() => {
        for (const { id, served } of some) this.setServed(id, served);
      });
    }
  }

  /** Those that are still there win over those that went missing. */
  #named(where: string, text: string): EndpointNode[] {
    const all = this.#driver.all(`${select} WHERE ${where} ORDER BY e.name, n.key`, [text]).map(read);
    const present = all.filter((node) => node.missingSince === null);
    return present.length > 0 ? present : all;
  }

  #missing(endpointId: string, found: readonly DiscoveredNode[], now: number): void {
    this.#driver.run(
      `UPDATE nodes SET missing_since = ? WHERE endpoint_id = ? AND missing_since IS NULL
         AND key NOT IN (SELECT value FROM json_each(?))`,
      [now, endpointId, toJson(found.map(({ key }) => key))],
    );
  }

  #store(endpointId: string, node: DiscoveredNode, now: number): void {
    if (node.certificate !== null)
      this.#certificates.upsert({
        ...node.certificate,
        orderNumber: null,
        chainPem: node.chainPem ?? '',
        firstSeenAt: now,
        revoked: null,
      });
    const columns = columnsOf(endpointId, node, now);
    this.#driver.run(
      `${insertSql('nodes', columns)} ON CONFLICT (endpoint_id, key) DO UPDATE SET ${replaceSql(columns, kept)}`,
      columns,
    );
  }
}

function columnsOf(endpointId: string, node: DiscoveredNode, now: number): Columns {
  return {
    id: newId('node'),
    endpoint_id: endpointId,
    key: node.key,
    name: node.name,
    alias: node.alias,
    protocol: node.protocol,
    bindings: toJson(node.bindings),
    server_names: toJson(node.serverNames),
    certificate_path: node.certificatePath,
    key_path: node.keyPath,
    web_root: node.webRoot,
    fingerprint: node.certificate?.fingerprint ?? null,
    not_installable: node.notInstallable,
    place: node.place,
    managed_by: node.managedBy === null ? null : toJson(node.managedBy),
    served_state: 'unknown',
    served_fingerprint: null,
    served_sentence: 'It has not been verified yet.',
    served_at: now,
    missing_since: null,
    discovered_at: now,
  };
}
