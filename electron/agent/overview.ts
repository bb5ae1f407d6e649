import type { Overview } from '#shared/model/overview.ts';
import type { Database } from '../database/database.ts';
import { silenceSentence } from './policies/silence.ts';
import { renewalSilence } from './renewal-check.ts';

/** What is served, expiring and waiting. Where no one has checked for too long, that is said first of all that is not worse. */
export function overviewOf(database: Database, now: number): Overview {
  const overview = database.overview(now);
  const since = renewalSilence(database, now);
  if (since === null || overview.level === 'danger') return overview;
  const sentence = silenceSentence(since, now);
  return { ...overview, level: 'attention', sentence, tooltip: sentence };
}
