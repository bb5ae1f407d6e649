import type { Failure } from '#shared/failure.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export interface RetryRow {
  afterMs: number;
  because: string;
}

/** Before anything was changed: a person may be watching, so a few quick tries and then the truth. */
export const quickRetries: readonly RetryRow[] = [
  { afterMs: 2 * second, because: 'most brief problems are over immediately' },
  { afterMs: 10 * second, because: 'a reload or a fail-over takes seconds' },
  { afterMs: 30 * second, because: 'a service restart takes half a minute' },
];

/** While an order is with the authority: it is placed, so patience costs nothing. The last row repeats. */
export const authorityRetries: readonly RetryRow[] = [
  { afterMs: 2 * second, because: 'most brief problems are over immediately' },
  { afterMs: 15 * second, because: 'a fail-over at the authority takes seconds' },
  { afterMs: minute, because: 'a deployment at the authority takes minutes' },
  { afterMs: 10 * minute, because: 'an outage at the authority' },
  { afterMs: hour, because: 'a long outage at the authority; once an hour does no harm' },
];

/** Between the first change and the proof: seconds only, because the endpoint is between two states. */
export const changingRetries: readonly RetryRow[] = [
  { afterMs: second, because: 'a lost connection is often back immediately' },
  { afterMs: 3 * second, because: 'a second chance before everything is restored' },
];

/** Putting back what was there: never given up quickly. */
export const restoreRetries: readonly RetryRow[] = [
  { afterMs: second, because: 'a lost connection is often back immediately' },
  { afterMs: 5 * second, because: 'a fail-over takes seconds' },
  { afterMs: 15 * second, because: 'a service restart' },
  { afterMs: minute, because: 'a reboot takes minutes' },
  { afterMs: 5 * minute, because: 'a slow reboot' },
  { afterMs: 15 * minute, because: 'maintenance on the host' },
  { afterMs: hour, because: 'an outage' },
  { afterMs: 6 * hour, because: 'a long outage; after it, a person has to check' },
];

/** What is left over harms no one, so patience costs nothing. The last row repeats. */
export const clearUpRetries: readonly RetryRow[] = [
  { afterMs: minute, because: 'a disk or a connection is often back within a minute' },
  { afterMs: 5 * minute, because: 'a slow reboot' },
  { afterMs: hour, because: 'maintenance on the host' },
  { afterMs: 6 * hour, because: 'an outage' },
  { afterMs: 24 * hour, because: 'a person has to fix it; once a day does no harm' },
];

/** The wait before the next attempt, or null when it is not to be tried again. `attempt` counts failed ones from 1. */
export function waitBefore(
  table: readonly RetryRow[],
  attempt: number,
  failure: Failure,
  now: number,
  lastRepeats = false,
): RetryRow | null {
  if (failure.retry === 'never' || failure.retry === 'needs-person') return null;
  const row = table[attempt - 1] ?? (lastRepeats ? table.at(-1) : undefined);
  if (row === undefined) return null;
  if (failure.retry === 'after' && failure.retryAt !== undefined)
    return {
      afterMs: Math.max(row.afterMs, failure.retryAt - now),
      because: 'the server said when to try again',
    };
  return row;
}
