import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

/** After start, before a loop looks around: let the window or the first command go first. */
export const firstTurnMs = 2000;

/**
 * Calls `turn` again and again, never two at a time; `turn` gives the milliseconds until the next one. A turn that throws
 * is logged and tried again after `afterErrorMs`. `wake` runs a turn now.
 */
export class Loop {
  readonly #name: string;
  readonly #turn: (signal: AbortSignal) => Promise<number>;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: Timer | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = true;
  #stopping = new AbortController();

  constructor(name: string, clock: Clock, log: Log, turn: (signal: AbortSignal) => Promise<number>) {
    this.#name = name;
    this.#clock = clock;
    this.#log = log;
    this.#turn = turn;
  }

  start(afterMs: number): void {
    this.#stopped = false;
    this.#stopping = new AbortController();
    this.#timer = this.#clock.after(afterMs, () => this.wake());
  }

  wake(): void {
    if (this.#stopped) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#timer?.cancel();
    this.#running = this.#once().finally(() => {
      this.#running = null;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort(new Error('the agent is stopping'));
    this.#timer?.cancel();
    await this.#running;
  }

  async #once(): Promise<void> {
    let next = afterErrorMs;
    try {
      next = await this.#turn(this.#stopping.signal);
    } catch (error) {
      this.#log.error(`the ${this.#name} loop had a failing turn`, { error });
    }
    if (!this.#stopped) this.#timer = this.#clock.after(next, () => this.wake());
  }
}

const afterErrorMs = 60_000;
