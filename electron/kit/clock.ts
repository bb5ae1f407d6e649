import { setImmediate as turn } from 'node:timers/promises';

/** Time as the product sees it: the only door to the wall clock and to timers. Replaceable in tests. */
export interface Clock {
  /** Epoch milliseconds. May jump (sleep, NTP); never use it to measure durations. */
  now(): number;
  /** Milliseconds that only ever grow, from an arbitrary start. For durations. */
  monotonic(): number;
  /** Calls `run` once after `ms` (at least 0); the handle's `cancel` is idempotent. Does not keep the process alive. */
  after(ms: number, run: () => void): Timer;
  /** Resolves after `ms`, rejects with the signal's reason when aborted. Keeps the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

const longestTimeout = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const handle = setTimeout(run, Math.min(Math.max(ms, 0), longestTimeout));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const handle = setTimeout(done, Math.min(Math.max(ms, 0), longestTimeout));
      function done(): void {
        signal?.removeEventListener('abort', stop);
        resolve();
      }
      function stop(): void {
        clearTimeout(handle);
        reject(signal?.reason);
      }
      signal?.addEventListener('abort', stop, { once: true });
    });
  },
};

/** Resolves when the event loop has gone round once: what was due before has happened. */
export const loopTurn = (): Promise<void> => turn();
