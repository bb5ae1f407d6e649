/** Time as the page sees it: the only door to the clock and to timers of the browser. */
export interface Timer {
  /** Idempotent. */
  cancel(): void;
}

/** Epoch milliseconds. */
export const now = (): number => Date.now();

/** Calls `run` once, after so many milliseconds. */
export function after(ms: number, run: () => void): Timer {
  const handle = setTimeout(run, ms);
  return { cancel: () => clearTimeout(handle) };
}

/** Calls `run` again and again, so many milliseconds apart. */
export function every(ms: number, run: () => void): Timer {
  const handle = setInterval(run, ms);
  return { cancel: () => clearInterval(handle) };
}
