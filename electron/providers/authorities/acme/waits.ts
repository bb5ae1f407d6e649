/**
 * Milliseconds between looks in one burst, where the CA did not say when to ask (RFC 8555 7.4, 7.5.1): most are done in a
 * moment, and a moment should not become a second.
 */
export const quickWaits: readonly number[] = [5, 10, 20, 50, 100, 250, 500];

/** A burst ends after this long: the caller has other orders to care for. */
export const burstMs = 1500;

/**
 * After an answer that an order, or a part of it, is not there: a replica of the CA may be behind (seconds), or a
 * deployment of it under way (a minute). The same answer after the last wait is the end.
 */
export const absentWaits: readonly number[] = [1_000, 4_000, 15_000, 60_000];

/** So often a certificate that the CA says it issued may not be there: by the waits of the step, about four hours. */
export const mostAbsentCertificates = 8;

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
