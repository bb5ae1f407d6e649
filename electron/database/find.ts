import { type Found, found } from '#shared/model/found.ts';
import type { Driver } from './driver.ts';
import { reader } from './rows.ts';

/** Everything that has a name, with the text in which it is found. */
const named = `
  SELECT 'endpoint' AS kind, id, name, id AS endpoint_id, NULL AS not_after, 0 AS managed, 0 AS requestable, name AS text FROM endpoints
  UNION ALL
  SELECT 'node', n.id, e.name || '/' || n.name, e.id, NULL, c.order_number IS NOT NULL,
    n.not_installable IS NULL AND n.missing_since IS NULL, e.name || '/' || n.name || ' ' || n.server_names
    FROM nodes n JOIN endpoints e ON e.id = n.endpoint_id LEFT JOIN certificates c ON c.fingerprint = n.fingerprint
  UNION ALL
  SELECT 'certificate', fingerprint, coalesce(json_extract(names, '$[0]'), subject), NULL, not_after, 0, 0,
    names || ' ' || subject || ' ' || serial || ' ' || fingerprint FROM certificates`;

const read = reader('found', found, (row) => ({
  kind: row.kind,
  id: row.id,
  name: row.name,
  endpointId: row.endpoint_id,
  notAfter: row.not_after,
  managed: row.managed === 1,
  requestable: row.requestable === 1,
}));

/** More words say no more, and each is looked for in every row. */
const mostWords = 6;

/**
 * What has every word of the text somewhere, whatever its case (of ASCII letters): first what begins with it, then the shortest names.
 * Reads all names once: some 100 ms for 100,000.
 */
export function findNamed(driver: Driver, text: string, limit: number): Found[] {
  const words = text.trim().split(/\s+/).filter(Boolean).slice(0, mostWords);
  const [first] = words;
  if (first === undefined) return [];
  const where = words.map(() => `text LIKE ? ESCAPE '\\'`).join(' AND ');
  const rows = driver.all(
    `SELECT * FROM (${named}) WHERE ${where}
     ORDER BY name LIKE ? ESCAPE '\\' DESC, length(name), kind, name LIMIT ?`,
    [...words.map((word) => `%${literal(word)}%`), `${literal(first)}%`, limit],
  );
  return rows.map(read);
}

const literal = (word: string): string => word.replace(/[\\%_]/g, '\\$&');
