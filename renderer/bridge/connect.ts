import { createORPCClient } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Bridge, Client, LinkState } from './bridge.ts';
import { PortLink } from './port-link.ts';
import type { Ports } from './ports.ts';

/** Pauses before asking for a new port by itself: soon after a restart of the agent, then without hurry. */
const asks = [500, 1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** A port that was replaced may still owe answers for this long. */
const retireMilliseconds = 10_000;

function retire(port: MessagePort | null): void {
  if (port !== null) setTimeout(() => port.close(), retireMilliseconds);
}

/** Joins the window to the agent, and to the next agent when this one goes away. */
export function connect(ports: Ports): Bridge {
  const link = new PortLink();
  const client = createORPCClient<Client>(link);
  const stateListeners = new Set<() => void>();
  const eventListeners = new Set<(event: AgentEvent) => void>();
  let state: LinkState = 'waiting';
  let ended: AbortController | null = null;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: MessagePort | null = null;

  const set = (next: LinkState): void => {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener();
  };

  const askLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, asks[Math.min(asked, asks.length - 1)]);
    asked += 1;
  };
  const ask = (): void => {
    ports.ask();
    askLater();
  };

  const lose = (): void => {
    link.drop();
    set('lost');
    askLater();
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    try {
      for await (const event of await client.agent.events({}, { signal })) {
        if (event.type === 'hello') {
          asked = 0;
          clearTimeout(timer);
          set('connected');
        }
        for (const listener of eventListeners) listener(event);
      }
    } catch {
      // the port closed or the agent stopped: both mean the same here
    }
    if (!signal.aborted) lose();
  };

  ports.onPort((port) => {
    ended?.abort();
    ended = new AbortController();
    const { signal } = ended;
    retire(current);
    current = port;
    link.use(port);
    port.addEventListener('close', () => {
      if (!signal.aborted) lose();
    });
    void follow(signal);
  });
  ask();

  return {
    client,
    queries: createTanstackQueryUtils(client),
    state: () => state,
    onState: (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    onEvent: (listener) => {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    reconnect: () => {
      asked = 0;
      ask();
    },
  };
}
