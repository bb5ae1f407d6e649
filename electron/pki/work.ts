import { loopTurn, systemClock } from '#kit/clock.ts';

/** How long others wait for their turn, at most a few times as long on a loaded machine. */
const turnMs = 3;
/** Of one reading or writing: a hundred keys as old Java protects them; ten seconds of a processor. */
const mostRoundsInAll = 20_000_000;

/** Thrown when a file asks for more than any program writes: it would only hold everything up. */
export class TooMuch extends Error {}

/**
 * One reading or writing that computes for long: it gives everything else its turn, and counts the rounds of derivation that
 * the file asks for. One for each; not safe concurrently.
 */
export class Work {
  #since = systemClock.monotonic();
  #rounds = 0;

  /** Whether others have waited long enough; ask often, and `await pause()` then. */
  due(): boolean {
    return systemClock.monotonic() - this.#since >= turnMs;
  }

  /** `pause` where others have waited long enough: between two pieces of work. */
  async turn(): Promise<void> {
    if (this.due()) await this.pause();
  }

  /** Resolves when the loop has gone round once. */
  async pause(): Promise<void> {
    await loopTurn();
    this.#since = systemClock.monotonic();
  }

  /** Before so many rounds are derived. Throws `TooMuch` when they are too many together with those before. */
  derives(rounds: number): void {
    this.#rounds += rounds;
    if (this.#rounds > mostRoundsInAll) throw new TooMuch('more rounds of key derivation than is reasonable');
  }
}
