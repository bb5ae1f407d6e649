import type { Clock } from '#kit/clock.ts';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Events } from '../agent/events.ts';

/** A listener this far behind has stopped reading; it is told to ask for everything again. */
const longestQueue = 1_000;

/** What the agent tells, from now on, until the signal or the caller ends it. Starts with a `hello`. */
export async function* listen(
  events: Events,
  clock: Clock,
  signal: AbortSignal | undefined,
): AsyncGenerator<AgentEvent, void> {
  let queue: AgentEvent[] = [{ type: 'hello', at: clock.now() }];
  let wake: (() => void) | null = null;
  const off = events.on((event) => {
    // `hello` means "you may have missed something": whoever hears it asks again for what it shows
    if (queue.length >= longestQueue) queue = [{ type: 'hello', at: clock.now() }];
    queue.push(event);
    wake?.();
  });
  const stop = (): void => wake?.();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    while (!signal?.aborted) {
      const batch = queue;
      queue = [];
      for (const event of batch) yield event;
      if (queue.length > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal?.aborted) resolve();
      });
      wake = null;
    }
  } finally {
    off();
    signal?.removeEventListener('abort', stop);
  }
}
