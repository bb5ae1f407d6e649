import type { Clock } from '#kit/clock.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Database } from '../../database/database.ts';

const hour = 3_600_000;
const perTurn = 4;
const betweenTurnsMs = 10 * 60_000;

interface ScanParts {
  database: Database;
  clock: Clock;
  settings(): Settings;
  discover(endpointId: string): void;
  /** When each endpoint was last begun, so that one that cannot be reached is not tried at every turn. */
  tried: Map<string, number>;
}

/** One turn of the scan loop: discovers a few endpoints again. New sites appear, and other tools replace certificates. */
export async function scanTurn(parts: ScanParts): Promise<number> {
  const { database, clock, tried } = parts;
  const now = clock.now();
  const everyMs = parts.settings().scan_hours * hour;
  const due = database.endpoints
    .list()
    .filter(
      (endpoint) =>
        Math.max(endpoint.discoveredAt ?? endpoint.createdAt, tried.get(endpoint.id) ?? 0) + everyMs <= now,
    )
    .slice(0, perTurn);
  for (const endpoint of due) {
    tried.set(endpoint.id, now);
    parts.discover(endpoint.id);
  }
  return betweenTurnsMs;
}
