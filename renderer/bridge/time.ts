import { useEffect, useState, useSyncExternalStore } from 'react';

const tickMilliseconds = 30_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, tickMilliseconds);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function read(): number {
  const fresh = Date.now();
  if (fresh - now > tickMilliseconds) now = fresh;
  return now;
}

/** The time to which relative times refer; moves on every half minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read);
}

/** The time, moving on every second: for what is counted down while somebody looks. */
export function useSeconds(): number {
  const [at, setAt] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setAt(Date.now()), 1_000);
    return () => clearInterval(ticking);
  }, []);
  return at;
}
