import { useEffect, useState, useSyncExternalStore } from 'react';
import { every, now, type Timer } from './clock.ts';

const tickMilliseconds = 30_000;
const listeners = new Set<() => void>();
let shared = now();
let timer: Timer | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= every(tickMilliseconds, tick);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    timer?.cancel();
    timer = undefined;
  };
}

function tick(): void {
  shared = now();
  for (const listener of listeners) listener();
}

function read(): number {
  const fresh = now();
  if (fresh - shared > tickMilliseconds) shared = fresh;
  return shared;
}

/** The time to which relative times refer; moves on every half minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read, read);
}

/** The time, moving on every second: for what is counted down while somebody looks. */
export function useSeconds(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const ticking = every(1_000, () => setAt(now()));
    return () => ticking.cancel();
  }, []);
  return at;
}
