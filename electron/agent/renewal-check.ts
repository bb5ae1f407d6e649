import type { Database } from '../database/database.ts';
import { silentSince } from './policies/silence.ts';

const checked = 'last-renewal-check';
const watched = 'renewals-watched-since';
/** Checks follow each other within seconds while much is due. */
const eachMs = 60_000;

/** That what is due for renewal was checked, whatever came of it. */
export function noteRenewalCheck(database: Database, now: number): void {
  const last = lastRenewalCheck(database);
  if (last === null || now < last || now - last >= eachMs) database.meta.set(checked, String(now));
}

/** When it was last completed, by any agent on this database; null: never. */
export function lastRenewalCheck(database: Database): number | null {
  return timeOf(database.meta.get(checked));
}

/** From here on the lack of a first check counts as well. */
export function beginWatching(database: Database, now: number): void {
  if (timeOf(database.meta.get(watched)) === null) database.meta.set(watched, String(now));
}

/** Since when none has been completed, when that is too long ago. Asks the database alone: it outlives what checks. */
export function renewalSilence(database: Database, now: number): number | null {
  const lastCheckAt = lastRenewalCheck(database) ?? timeOf(database.meta.get(watched));
  return silentSince({ now, lastCheckAt, renews: database.renewals.any() });
}

function timeOf(text: string | null): number | null {
  return text === null || !/^\d+$/.test(text) ? null : Number(text);
}
