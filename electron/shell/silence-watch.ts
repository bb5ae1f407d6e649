import type { Clock, Timer } from '#kit/clock.ts';

interface Parts {
  clock: Clock;
  /** That no renewal check was completed for too long; null: all is well. Throws when the database does not answer. */
  silence(): string | null;
  raise(sentence: string): void;
}

const eachMs = 15 * 60_000;
const day = 24 * 60 * 60_000;

interface SilenceWatch {
  /** The agent has told of its silence itself: that counts as the alarm. */
  told(): void;
  stop(): void;
}

/**
 * Watches the agent from outside its loops. Raises an alarm when two checks in a row find it silent, because after sleep the
 * agent may have its turn in a moment, and again each day.
 */
export function watchSilence({ clock, silence, raise }: Parts): SilenceWatch {
  let found = 0;
  let raisedAt: number | null = null;
  let timer: Timer;
  const said = (): string | null => {
    try {
      return silence();
    } catch {
      return 'The agent cannot say when it last checked for renewals.';
    }
  };
  const check = (): void => {
    timer = clock.after(eachMs, check);
    const sentence = said();
    found = sentence === null ? 0 : found + 1;
    const now = clock.monotonic();
    if (sentence === null || found < 2 || (raisedAt !== null && now - raisedAt < day)) return;
    raisedAt = now;
    raise(sentence);
  };
  timer = clock.after(eachMs, check);
  return {
    told() {
      raisedAt = clock.monotonic();
    },
    stop: () => timer.cancel(),
  };
}
