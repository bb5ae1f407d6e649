import { type Clock, systemClock, type Timer } from '#kit/clock.ts';

/** A wall clock that can jump, as a laptop's does in sleep: timers that came due meanwhile fire at `wake`, not before. */
export class JumpingClock implements Clock {
  #offset = 0;
  readonly #timers = new Set<{ at: number; run: () => void; real: Timer }>();

  now(): number {
    return systemClock.now() + this.#offset;
  }
  monotonic(): number {
    return systemClock.monotonic();
  }
  after(ms: number, run: () => void): Timer {
    const entry = { at: this.now() + ms, run: () => {}, real: { cancel: () => {} } as Timer };
    entry.run = () => {
      this.#timers.delete(entry);
      entry.real.cancel();
      run();
    };
    entry.real = systemClock.after(ms, entry.run);
    this.#timers.add(entry);
    return {
      cancel: () => {
        this.#timers.delete(entry);
        entry.real.cancel();
      },
    };
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }

  /** Time passes without any code running; then what is due runs. */
  jump(ms: number): void {
    this.#offset += ms;
    const due = [...this.#timers].filter((timer) => timer.at <= this.now());
    for (const timer of due) timer.run();
  }
}
