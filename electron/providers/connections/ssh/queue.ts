/** Lets at most `limit` pieces of work run at a time, the others wait in order. */
export class Queue {
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many pieces of work run at a time, at most. */
  get limit(): number {
    return this.#limit;
  }

  /** From now on no more than this many, at least one. What runs already goes on. */
  lower(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit));
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#running > this.#limit ? undefined : this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next(); // hands its place over, so that nobody slips in between
    }
  }
}
