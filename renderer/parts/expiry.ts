import { en } from '../text/en.ts';
import { dateOf } from './format.ts';

/** `until 27 Feb 2027`, `expired 28 Nov 2026`: by the date, which does not round. */
export function expiryWords(notAfter: number, now: number): string {
  const date = dateOf(notAfter);
  return notAfter < now ? en.certificates.expired(date) : en.certificates.until(date);
}
