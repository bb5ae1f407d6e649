import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { OpenEndpoint } from '../agent/open-connection.ts';
import type { ProbeTls } from '../agent/steps/step.ts';
import type { Http } from '../net/http.ts';
import { answersRequests, type HostConnection } from '../providers/connections/connection.ts';
import { connect } from '../providers/connections/registry.ts';
import type { EndpointTools } from '../providers/endpoints/common/tools.ts';
import { makeEndpoint } from '../providers/endpoints/registry.ts';

interface OpenParts {
  clock: Clock;
  log: Log;
  http(): Http;
  /** What an address serves. */
  probeTls: ProbeTls;
  /** Wraps every connection, for tests. */
  wrap: ((made: HostConnection) => HostConnection) | undefined;
}

/** Connects and makes the adapter of an endpoint. */
export function openEndpoint({ clock, log, http, probeTls, wrap }: OpenParts): OpenEndpoint {
  return async (row, login, { openSecret, ...wanted }) => {
    const made = await connect(row.connection, login, { log: log.in('connections'), clock, http, ...wanted });
    const connection = answersRequests(made) ? made : (wrap?.(made) ?? made);
    const tools = {
      clock,
      log: log.in(row.name),
      secrets: { open: openSecret },
      handshake: handshakeBy(probeTls),
    };
    return { connection, endpoint: makeEndpoint(row.settings, connection, tools) };
  };
}

/** As an adapter asks whether something is served: nothing of what is shown is told. */
function handshakeBy(probeTls: ProbeTls): EndpointTools['handshake'] {
  return async (place) => {
    const answer = await probeTls({ ...place, timeoutMs: 5000 });
    if (answer.kind === 'certificate') return null;
    return { answered: answer.code === 'handshake-failed', sentence: answer.sentence };
  };
}
