import type { ServedFact } from '#shared/model/node.ts';

const day = 24 * 60 * 60_000;

/** Before the end, in days, each cut to a share of the lifetime so that short-lived certificates are not told of from birth. */
const stages: readonly { days: number; share: number }[] = [
  { days: 21, share: 1 / 5 },
  { days: 7, share: 1 / 15 },
  { days: 1, share: 1 / 100 },
];

/**
 * How near a certificate is to its end: 0 far, then one more at each of 21 days, 7 days, 1 day and the end itself; earlier steps
 * for a certificate whose fifth, fifteenth and hundredth of life is shorter. Pure.
 */
export function expiryStage(
  { notBefore, notAfter }: { notBefore: number; notAfter: number },
  now: number,
): number {
  const left = notAfter - now;
  const passed = stages.filter(
    ({ days, share }) => left <= Math.min(days * day, (notAfter - notBefore) * share),
  );
  return left <= 0 ? stages.length + 1 : passed.length;
}

/** Something was served, and it is not what is on disk. A server that does not answer is no such thing. */
export const isServedWrongly = ({ state }: Pick<ServedFact, 'state'>): boolean =>
  state === 'previous' || state === 'other';
