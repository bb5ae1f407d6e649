import type { Clock } from '#kit/clock.ts';
import type { Database } from '../../database/database.ts';

const hour = 3_600_000;
/** Endpoints are discovered again once a day: new sites appear, and other tools replace certificates. */
const everyMs = 24 * hour;
const perTurn = 4;
const betweenTurnsMs = 10 * 60_000;

export interface ScanParts {
  database: Database;
  clock: Clock;
  discover(endpointId: string): void;
  /** When each endpoint was last begun, so that one that cannot be reached is not tried at every turn. */
  tried: Map<string, number>;
}

/** One turn of the scan loop: begins the discovery of a few endpoints whose turn it is. */
export async function scanTurn(parts: ScanParts): Promise<number> {
  const { database, clock, tried } = parts;
  const now = clock.now();
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
