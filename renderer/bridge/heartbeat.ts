import { after, type Timer } from './clock.ts';

/** How often a silent connection is asked whether somebody is still there, and how long the answer may take. */
const beat = { everyMilliseconds: 30_000, patienceMilliseconds: 10_000 } as const;

/**
 * A port whose other end went away without a word looks like a quiet one. Calls `onSilence` once when an answer stays
 * out; gives the function that stops asking.
 */
export function heartbeat(ask: () => Promise<unknown>, onSilence: () => void, times = beat): () => void {
  let timer: Timer | undefined;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    timer?.cancel();
  };
  const silent = (): void => {
    if (stopped) return;
    stop();
    onSilence();
  };
  const next = (): void => {
    if (stopped) return;
    timer = after(times.everyMilliseconds, () => {
      timer = after(times.patienceMilliseconds, silent);
      // an answer of any kind, even a failure, comes from somebody who is there
      const heard = (): void => {
        timer?.cancel();
        next();
      };
      ask().then(heard, heard);
    });
  };
  next();
  return stop;
}
