import type { Clock } from '#kit/clock.ts';
import type { Database } from '../../database/database.ts';

const day = 24 * 60 * 60_000;
const keptMs = 366 * day;
/** However old they are: a clock that was once far ahead must not empty the list. */
const keptAlways = 10_000;
/** At a time: the loop is not held by more. */
const atOnce = 2000;

interface Parts {
  database: Database;
  clock: Clock;
  changed(): void;
}

/** One turn: forgets notifications that are no news and ask for nothing. Gives the milliseconds until the next. */
export function forgetOldNotifications({ database, clock, changed }: Parts): number {
  const gone = database.notifications.removeOld(clock.now() - keptMs, keptAlways, atOnce);
  if (gone > 0) changed();
  return gone < atOnce ? day : 1000;
}
