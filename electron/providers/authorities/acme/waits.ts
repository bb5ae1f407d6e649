/** Milliseconds between looks in one burst: most CAs are done in a moment, and a moment should not become a second. */
export const quickWaits: readonly number[] = [5, 10, 20, 50, 100, 250, 500];

/** A burst ends after this long: the caller has other orders to care for. */
export const burstMs = 1500;

/**
 * A `Retry-After` up to this is a round number of the CA's; a longer one is meant. Even then the first few quick
 * questions after progress are asked: some CAs send the same number whether they need a moment or an hour.
 */
export const meantRetryAfter = { longerThanMs: 15_000, afterPolls: 5 };

/** After the burst, when the CA does not say: [since the last progress, wait]. */
const slowWaits: readonly (readonly [number, number])[] = [
  [5_000, 1_000], // validation from several vantage points takes seconds
  [30_000, 5_000], // a busy CA
  [10 * 60_000, 15_000], // somebody may still be watching
  [60 * 60_000, 60_000], // a person or a batch at the CA
  [Number.POSITIVE_INFINITY, 5 * 60_000], // hours: OV and EV
];

/** No CA is asked more often than once a second, nor forgotten for more than a day. */
const limits = { least: 1_000, most: 24 * 60 * 60_000 };

/** When to poll again: as the CA says, else by how long nothing happened. */
export function waitMs(sinceProgressMs: number, retryAfterMs: number | null): number {
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, limits.least), limits.most);
  return slowWaits.find(([until]) => sinceProgressMs < until)?.[1] ?? limits.least;
}
