import type { Clock } from '#kit/clock.ts';
import { within } from './deadline.ts';

/**
 * How long a refused log-in is not tried again: directories lock an account after a few refusals in half an hour, and
 * what polls would get there. Another password is tried at once.
 */
const waitsMs = [60_000, 5 * 60_000, 30 * 60_000];

/** The log-in was refused not long ago and is not tried now. */
export class RefusedBefore extends Error {
  readonly leftMs: number;
  constructor(leftMs: number) {
    super('the login was refused before');
    this.leftMs = leftMs;
  }
}

export interface Turn {
  accepted(): void;
  refused(): void;
  /** Without an outcome: the next one finds out. Idempotent. */
  end(): void;
}

/**
 * Who may try a log-in. As long as it is not known to be right, one after the other: ten requests at the same moment
 * with a wrong password must count as one. `print` tells log-ins apart.
 */
export class Turns {
  readonly #clock: Clock;
  #proven: string | null = null;
  #refusal: { print: string; times: number; until: number } | null = null;
  #busy: Promise<void> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(print: string, signal: AbortSignal): Promise<Turn> {
    for (;;) {
      const refusal = this.#refusal?.print === print ? this.#refusal : null;
      const leftMs = (refusal?.until ?? 0) - this.#clock.monotonic();
      if (refusal !== null && leftMs > 0) throw new RefusedBefore(leftMs);
      if (this.#proven === print) return this.#turn(print, () => {});
      if (this.#busy === null) break;
      await within(this.#busy, signal);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#busy = promise;
    return this.#turn(print, () => {
      if (this.#busy === promise) this.#busy = null;
      resolve();
    });
  }

  #turn(print: string, end: () => void): Turn {
    return {
      end,
      accepted: () => {
        this.#proven = print;
        this.#refusal = null;
        end();
      },
      refused: () => {
        const times = this.#refusal?.print === print ? this.#refusal.times : 0;
        const wait = waitsMs[Math.min(times, waitsMs.length - 1)] ?? 0;
        this.#refusal = { print, times: times + 1, until: this.#clock.monotonic() + wait };
        this.#proven = null;
        end();
      },
    };
  }
}
