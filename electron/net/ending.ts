import type { Clock } from '#kit/clock.ts';

/** One signal out of the caller's and a time-out. */
export interface Ending {
  signal: AbortSignal;
  /** The time-out came, not the caller. */
  late(): boolean;
  /** Milliseconds that are left, at least 1. */
  left(): number;
  clear(): void;
}

export function makeEnding(clock: Clock, timeoutMs: number, outer: AbortSignal | undefined): Ending {
  const controller = new AbortController();
  const end = clock.monotonic() + timeoutMs;
  let late = false;
  const timer = clock.after(timeoutMs, () => {
    late = true;
    controller.abort();
  });
  const stop = () => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    late: () => late,
    left: () => Math.max(1, end - clock.monotonic()),
    clear() {
      timer.cancel();
      outer?.removeEventListener('abort', stop);
    },
  };
}

/** Gives up waiting for `work` when the signal aborts; what it was doing goes on by itself. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
