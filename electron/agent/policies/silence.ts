import { span } from './renewal.ts';

const hour = 3_600_000;

/** A check is made every hour at least; a day without one, with room for one that takes long, means that none will come. */
const silenceMs = 26 * hour;

interface Facts {
  now: number;
  /** When a check of what is due for renewal was last completed; null: never here. */
  lastCheckAt: number | null;
  /** Whether anything is renewed here at all. */
  renews: boolean;
}

/** Since when no renewal check has been completed, when that is too long ago; null: all is well. Pure. */
export function silentSince({ now, lastCheckAt, renews }: Facts): number | null {
  return renews && lastCheckAt !== null && now - lastCheckAt > silenceMs ? lastCheckAt : null;
}

/** For people. */
export function silenceSentence(since: number, now: number): string {
  return `No renewal check has been completed for ${span(now - since)}.`;
}
