import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { OpenEndpoint } from '../agent/open-connection.ts';
import type { Database } from '../database/database.ts';
import type { HostConnection } from '../providers/connections/connection.ts';
import { connect } from '../providers/connections/registry.ts';
import { makeEndpoint } from '../providers/endpoints/registry.ts';

interface OpenParts {
  database: Database;
  clock: Clock;
  log: Log;
  /** Wraps every connection, for tests. */
  wrap: ((made: HostConnection) => HostConnection) | undefined;
}

/** Connects and makes the adapter of an endpoint. */
export function openEndpoint({ database, clock, log, wrap }: OpenParts): OpenEndpoint {
  return async (row, login, wanted) => {
    const made = await connect(row.connection, login, { log: log.in('connections'), clock, ...wanted });
    const connection = wrap?.(made) ?? made;
    const secrets = { open: (name: string) => database.secrets.open(row.id, name) };
    const tools = { clock, log: log.in(row.name), secrets };
    return { connection, endpoint: makeEndpoint(row.settings, connection, tools) };
  };
}
