import type { Clock } from '#kit/clock.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { notYet } from './session-failures.ts';

/** Five refusals within a quarter of an hour lock an AppRole, as servers are set up: stay below. */
const waitsAfterRefusalMs = [60_000, 10 * 60_000] as const;
/** So many in a row, and a person waits as well: the next one might lock it. */
const triesOfAPerson = 4;

/** What is remembered of refused logins, so that the next one waits. */
export class Refusals {
  readonly #clock: Clock;
  #last: { failure: Failure; until: number; times: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Of a login that went wrong: only a refusal makes the next one wait. */
  note(thrown: unknown): void {
    const failure = asFailure(thrown);
    if (failure.code !== 'credential-store.login-refused') return;
    const times = (this.#last?.times ?? 0) + 1;
    const wait = waitsAfterRefusalMs[Math.min(times, waitsAfterRefusalMs.length) - 1] ?? 0;
    this.#last = { failure, until: this.#clock.now() + wait, times };
  }

  forget(): void {
    this.#last = null;
  }

  /** Throws the refusal of before while its wait lasts. */
  mustHavePassed(): void {
    if (this.#last !== null && this.#clock.now() < this.#last.until) throw this.#last.failure;
  }

  /** For a person who asks: throws only after several in a row, and says when it is tried again. */
  mustBeFew(): void {
    if (this.#last !== null && this.#last.times >= triesOfAPerson && this.#clock.now() < this.#last.until)
      throw notYet(this.#last);
  }
}
