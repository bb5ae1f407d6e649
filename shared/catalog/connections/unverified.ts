import { z } from 'zod';
import type { Field, Flat } from '../field.ts';
import { invalid, text } from '../flat.ts';

/** Why nobody checks who answers, and until when that is allowed. */
const exception = z.object({
  reason: z.string().min(1),
  /** `2027-01-31`: the last day, in UTC. */
  until: z.string(),
});
export const unverifiedShape = exception.shape;
export type Unverified = z.infer<typeof exception>;

/** What every connection asks for that does not check who answers. */
export const unverifiedFields: readonly Field[] = [
  {
    name: 'unverified_reason',
    label: 'Reason for no verification',
    help: 'Why the certificate cannot be verified; shown on the overview until the end.',
    hint: 'Shown on the overview until the end.',
    kind: 'text',
    min: 3,
    max: 200,
  },
  {
    name: 'unverified_until',
    label: 'Unverified until',
    help: 'Last day of the exception (YYYY-MM-DD). From the next day on nothing is sent to the endpoint.',
    hint: 'Last day of the exception (YYYY-MM-DD). From the next day on nothing is sent to the endpoint.',
    kind: 'text',
    min: 10,
    max: 10,
    form: 'a day (YYYY-MM-DD)',
  },
];

export const unverifiedToFlat = ({ reason, until }: Unverified): Flat => ({
  unverified_reason: reason,
  unverified_until: until,
});

/** Both are needed. Throws `input.invalid`. */
export function unverifiedFrom(flat: Flat, type: string): Unverified {
  const reason = text(flat, 'unverified_reason')?.trim() || null;
  const until = text(flat, 'unverified_until');
  if (reason === null)
    throw invalid(
      `A reason is required for the connection type ${type}, which does not verify the certificate.`,
      'Add --unverified_reason, or pin the certificate with another connection type.',
    );
  if (until === null)
    throw invalid(
      `An end date is required for the connection type ${type}, which does not verify the certificate.`,
      'Add --unverified_until YYYY-MM-DD.',
    );
  if (endOf(until) === null)
    throw invalid(`Unverified until must be a day (YYYY-MM-DD), not "${until}".`, 'For example 2027-01-31.');
  return { reason, until };
}

/** The first millisecond after that day; null: there is no such day. */
export function endOf(day: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(day)) return null;
  return at + 24 * 3600 * 1000;
}
