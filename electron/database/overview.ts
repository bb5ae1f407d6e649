import type { HealthLevel, Overview } from '#shared/model/overview.ts';
import type { Driver, Row } from './driver.ts';
import { type OpenFailures, overviewSentence, overviewTooltip, troubleSentence } from './overview-words.ts';

const day = 24 * 3600 * 1000;

/** A handful of aggregates over all nodes. "Managed": the certificate on disk has an order number. */
export function readOverview(driver: Driver, now: number): Overview {
  const nodes = countNodes(driver, now);
  const tasks = countTasks(driver, now);
  const approvalsPending = count(driver, `FROM approvals WHERE state = 'pending'`);
  const failures = openFailures(driver, now);
  const troubles = readTroubles(driver, now);
  const first = troubles[0];
  const level = levelOf({
    danger: failures.unrestored > 0 || Number(first?.dangers ?? 0) > 0,
    attention: approvalsPending > 0 || failures.total > 0 || troubles.length > 0,
    nodes: nodes.total,
  });
  const said = { level, nodes, approvalsPending, failures, first, now };
  return {
    level,
    sentence: overviewSentence(said),
    tooltip: overviewTooltip(said),
    endpoints: count(driver, 'FROM endpoints'),
    nodes,
    certificates: countCertificates(driver, now),
    tasks,
    approvalsPending,
    unreadNotifications: count(driver, 'FROM notifications WHERE read_at IS NULL'),
    actionRequired:
      approvalsPending +
      count(
        driver,
        `FROM notifications WHERE read_at IS NULL AND approval_id IS NULL AND level IN ('attention', 'danger')`,
      ),
    worst: troubles.map((row) => ({
      nodeId: String(row.id),
      endpointId: String(row.endpoint_id),
      name: String(row.name),
      level: row.danger === 1 ? 'danger' : 'attention',
      sentence: troubleSentence(row, now),
      notAfter: Number(row.not_after),
      managed: row.managed === 1,
      requestable: row.installable === 1,
      restartRequired: row.restart === 1,
    })),
  };
}

function levelOf(facts: { danger: boolean; attention: boolean; nodes: number }): HealthLevel {
  if (facts.danger) return 'danger';
  if (facts.attention) return 'attention';
  return facts.nodes === 0 ? 'unknown' : 'ok';
}

function count(driver: Driver, rest: string): number {
  return Number(driver.get(`SELECT count(*) AS count ${rest}`)?.count);
}

/** A certificate that has expired or is revoked is a problem, also where it is the one that is to be served. */
function countNodes(driver: Driver, now: number): Overview['nodes'] {
  const row = driver.get(
    `SELECT count(*) AS total, coalesce(sum(managed), 0) AS managed,
      coalesce(sum(managed AND NOT ended AND served_state = 'same'), 0) AS same,
      coalesce(sum(managed AND (ended OR served_state IN ('previous', 'other', 'unreachable'))), 0) AS not_served,
      coalesce(sum(managed AND NOT ended AND served_state = 'unknown'), 0) AS unknown
    FROM (
      SELECT n.served_state, c.order_number IS NOT NULL AS managed,
        c.not_after <= ? OR c.revoked_at IS NOT NULL AS ended
      FROM nodes n LEFT JOIN certificates c ON c.fingerprint = n.fingerprint WHERE n.missing_since IS NULL
    )`,
    [now],
  );
  return {
    total: Number(row?.total),
    managed: Number(row?.managed),
    same: Number(row?.same),
    notServed: Number(row?.not_served),
    unknown: Number(row?.unknown),
  };
}

/** `total`: all we know. The rest counts only what a present node uses: a replaced certificate may expire in peace. */
function countCertificates(driver: Driver, now: number): Overview['certificates'] {
  const row = driver.get(
    `SELECT count(*) AS total, coalesce(sum(used AND not_after <= @now), 0) AS expired,
       coalesce(sum(used AND not_after > @now AND not_after <= @week), 0) AS week,
       coalesce(sum(used AND not_after > @now AND not_after <= @month), 0) AS month
     FROM (
       SELECT c.not_after,
         EXISTS (SELECT 1 FROM nodes n WHERE n.fingerprint = c.fingerprint AND n.missing_since IS NULL) AS used
       FROM certificates c
     )`,
    { now, week: now + 7 * day, month: now + 30 * day },
  );
  return {
    total: Number(row?.total),
    expired: Number(row?.expired),
    within7Days: Number(row?.week),
    within30Days: Number(row?.month),
  };
}

/** By when they failed: SQLite would go through all that ever did. */
const failedTasks = 'tasks t INDEXED BY tasks_failed';

function countTasks(driver: Driver, now: number): Overview['tasks'] {
  const row = driver.get(
    `SELECT
       (SELECT count(*) FROM tasks WHERE state IN ('queued', 'running', 'waiting')) AS live,
       (SELECT count(*) FROM tasks WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM ${failedTasks} WHERE t.state = 'failed' AND t.finished_at > ?) AS failed`,
    [now - day],
  );
  return { live: Number(row?.live), waiting: Number(row?.waiting), failedLastDay: Number(row?.failed) };
}

/** Failed within a day and not made good by a later success of the same kind about the same subject. */
const openFailure = `t.state = 'failed' AND t.finished_at > @since AND NOT EXISTS (
  SELECT 1 FROM tasks l WHERE l.subject_id = t.subject_id AND l.kind = t.kind
    AND l.finished_at >= t.finished_at AND l.state IN ('succeeded', 'succeeded-with-warnings'))`;

function openFailures(driver: Driver, now: number): OpenFailures {
  const row = driver.get(
    `SELECT count(*) AS total, coalesce(sum(t.restored IN ('failed', 'unproved')), 0) AS unrestored
     FROM ${failedTasks} WHERE ${openFailure}`,
    { since: now - day },
  );
  return { total: Number(row?.total), unrestored: Number(row?.unrestored) };
}

/**
 * The worst ten nodes; each row also says how many there are in all. Nobody here renews a certificate that is not ours, so
 * it is told three weeks before it ends; what such a node serves beside its file is worth a look, and no danger by itself.
 */
function readTroubles(driver: Driver, now: number): Row[] {
  return driver.all(
    `WITH failed AS (
       SELECT t.subject_id AS node_id, max(t.restored = 'failed') AS lost, max(t.restored = 'unproved') AS unproved
       FROM ${failedTasks} WHERE t.subject_kind = 'node' AND ${openFailure} GROUP BY t.subject_id
     ), facts AS (
       SELECT n.id, n.endpoint_id, e.name || '/' || n.name AS name, n.served_state, n.served_sentence, c.not_after,
         n.served_state IN ('previous', 'other', 'unreachable') AS not_served,
         c.not_after <= @now AS expired,
         c.not_after <= @now + min(iif(c.order_number IS NULL, 3 * @week, @week), (c.not_after - c.not_before) / 5)
           AS expiring,
         c.revoked_at IS NOT NULL AS revoked,
         c.order_number IS NOT NULL AS managed, n.not_installable IS NULL AS installable,
         r.node_id IS NOT NULL AS renews,
         EXISTS (SELECT 1 FROM tasks t WHERE t.kind = 'certify' AND t.subject_id = n.id AND t.state = 'waiting'
           AND t.waiting_for = 'approval') AS asks,
         n.id IN (SELECT subject_id FROM tasks WHERE state = 'waiting' AND waiting_for = 'endpoint-restart') AS restart,
         f.node_id IS NOT NULL AS failed, coalesce(f.lost, 0) AS lost, coalesce(f.unproved, 0) AS unproved
       FROM nodes n
       JOIN certificates c ON c.fingerprint = n.fingerprint
       JOIN endpoints e ON e.id = n.endpoint_id
       LEFT JOIN failed f ON f.node_id = n.id
       LEFT JOIN renewals r ON r.node_id = n.id AND r.fingerprint = n.fingerprint
       WHERE n.missing_since IS NULL
     ), troubles AS (
       SELECT *, (managed AND not_served AND NOT restart) OR expired OR revoked OR lost OR unproved AS danger FROM facts
       WHERE not_served OR expiring OR revoked OR failed OR restart
     )
     SELECT *, sum(danger) OVER () AS dangers, count(*) OVER () AS troubles FROM troubles
     ORDER BY danger DESC, lost DESC, not_served DESC, not_after, name LIMIT 10`,
    { now, since: now - day, week: 7 * day },
  );
}
