import type { Clock } from '#kit/clock.ts';

const lastMs = 5000;

/** What was begun, so that it may end before its token goes. */
export class UnderWay {
  readonly #running = new Set<Promise<unknown>>();

  add<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }

  /** Waits for all of it and for `besides`, seconds at most. Never rejects. */
  async end(clock: Clock, besides: Promise<unknown> | null): Promise<void> {
    const enough = new AbortController();
    const waited = clock.sleep(lastMs, enough.signal).catch(() => {});
    await Promise.race([Promise.allSettled([...this.#running, besides]), waited]);
    enough.abort();
  }
}
