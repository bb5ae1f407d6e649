import { type Clock, systemClock, type Timer } from '#kit/clock.ts';

/** The real clock, set forward by hand: `now` and `monotonic` jump, timers run as they would. */
export class SteppedClock implements Clock {
  #offset = 0;

  step(ms: number): void {
    this.#offset += ms;
  }
  now(): number {
    return systemClock.now() + this.#offset;
  }
  monotonic(): number {
    return systemClock.monotonic() + this.#offset;
  }
  after(ms: number, run: () => void): Timer {
    return systemClock.after(ms, run);
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}
