import { endOf } from '#shared/catalog/connections/unverified.ts';
import { connectionDefinition, connectionTypes } from '#shared/model/connection.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { Database } from '../database/database.ts';
import { silenceSentence } from './policies/silence.ts';
import { renewalSilence } from './renewal-check.ts';

/** What is served, expiring and waiting. Where no one has checked for too long, that is said first of all that is not worse. */
export function overviewOf(database: Database, now: number): Overview {
  const overview = { ...database.overview(now), ...unverifiedOf(database, now) };
  const since = renewalSilence(database, now);
  if (since === null || overview.level === 'danger') return overview;
  const sentence = silenceSentence(since, now);
  return { ...overview, level: 'attention', sentence, tooltip: sentence };
}

/** Those whose connection checks nobody, with what was said for it: an exception that no one sees lasts for ever. */
function unverifiedOf(database: Database, now: number): Pick<Overview, 'unverified'> {
  const unchecked = connectionTypes.filter((type) => !connectionDefinition({ type }).verifies);
  const found = database.endpoints.reachedBy(unchecked).flatMap(({ id, name, connection }) => {
    const told = connectionDefinition(connection).unverified(connection);
    return told === null ? [] : [{ endpointId: id, name, ...told, ended: now >= (endOf(told.until) ?? 0) }];
  });
  return found.length === 0 ? {} : { unverified: found };
}
