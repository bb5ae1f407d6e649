import type { Clock } from '#kit/clock.ts';

/** For a whole exchange with a proxy, its own log-in service and the way behind it included. */
export const defaultTimeoutMs = 30_000;

/**
 * Runs `work` with a signal that aborts when the caller's does, or after `ms` with what `late` makes. Whatever `work`
 * throws once that has happened is thrown as that reason.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  late: () => unknown,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(outer?.reason);
  const timer = clock.after(ms, () => controller.abort(late()));
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await work(controller.signal);
  } catch (thrown) {
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    timer.cancel();
    outer?.removeEventListener('abort', stop);
  }
}

/** The promise, or the signal's reason when that comes first. */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
