import { isDue, nextTurn } from '#kit/in-slices.ts';

/** Of one reading or writing: a hundred keys as old Java protects them; ten seconds of a processor. */
const mostRoundsInAll = 20_000_000;

/** Thrown when a file asks for more than any program writes: it would only hold everything up. */
export class TooMuch extends Error {}

/**
 * One reading or writing that computes for long: it gives everything else its turn, and counts the rounds of derivation that
 * the file asks for. One for each; not safe concurrently.
 */
export class Work {
  #rounds = 0;

  /** Whether others have waited long enough; ask often, and `await pause()` then. */
  due(): boolean {
    return isDue();
  }

  /** `pause` where others have waited long enough: between two pieces of work. */
  async turn(): Promise<void> {
    if (this.due()) await this.pause();
  }

  /** Resolves when the loop has gone round. */
  pause(): Promise<void> {
    return nextTurn();
  }

  /** Before so many rounds are derived. Throws `TooMuch` when they are too many together with those before. */
  derives(rounds: number): void {
    this.#rounds += rounds;
    if (this.#rounds > mostRoundsInAll) throw new TooMuch('more rounds of key derivation than is reasonable');
  }
}
