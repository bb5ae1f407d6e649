import { createORPCClient } from '@orpc/client';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Bridge, Client, LinkState } from './bridge.ts';
import { after, type Timer } from './clock.ts';
import { FilePicker } from './file-picker.ts';
import { heartbeat } from './heartbeat.ts';
import { PortLink } from './port-link.ts';
import type { Ports } from './ports.ts';

/** Pauses before asking for a new port by itself: soon after a restart of the agent, then without hurry. */
const asks = [1_000, 1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** A port that was replaced may still owe answers for this long. */
const retireMilliseconds = 10_000;

/** Joins the window to the agent, and to the next agent when this one goes away. */
export function connect(ports: Ports): Bridge {
  const agentLink = new AgentLink(ports);
  return {
    client: agentLink.client,
    queries: createTanstackQueryUtils(agentLink.client),
    state: () => agentLink.state,
    onState: (listener) => subscribe(agentLink.stateListeners, listener),
    onEvent: (listener) => subscribe(agentLink.eventListeners, listener),
    canPickFile: () => agentLink.picker.isThere(),
    pickFile: () => agentLink.picker.pick(),
    reconnect: () => agentLink.askNow(),
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

class AgentLink {
  readonly client: Client;
  readonly stateListeners = new Set<() => void>();
  readonly eventListeners = new Set<(event: AgentEvent) => void>();
  readonly picker = new FilePicker();
  state: LinkState = 'waiting';
  readonly #link = new PortLink();
  readonly #ports: Ports;
  #port: MessagePort | null = null;
  #ended = new AbortController();
  #asked = 0;
  #timer: Timer | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.client = createORPCClient<Client>(this.#link);
    ports.onPort((port, requests) => {
      if (requests !== undefined) this.picker.use(requests);
      this.#use(port);
    });
    this.#ask();
  }

  askNow(): void {
    this.#asked = 0;
    this.#ask();
  }

  #ask(): void {
    this.#ports.ask();
    this.#askLater();
  }

  #askLater(): void {
    this.#timer?.cancel();
    this.#timer = after(asks[Math.min(this.#asked, asks.length - 1)] ?? 0, () => this.#ask());
    this.#asked += 1;
  }

  #use(port: MessagePort): void {
    const old = this.#port;
    if (old !== null) after(retireMilliseconds, () => old.close());
    this.#ended.abort();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    this.#port = port;
    this.#link.use(port);
    port.addEventListener('close', () => this.#lose(signal));
    void this.#follow(signal);
  }

  /** Hears events until the port ends, however it ends. */
  async #follow(signal: AbortSignal): Promise<void> {
    const stop = heartbeat(
      () => this.client.agent.status({}),
      () => this.#lose(signal),
    );
    signal.addEventListener('abort', stop);
    try {
      for await (const event of await this.client.agent.events({}, { signal })) this.#hear(event);
    } catch {
      // the port closed or the agent stopped: both mean the same here
    }
    this.#lose(signal);
  }

  #hear(event: AgentEvent): void {
    if (event.type === 'hello') {
      this.#asked = 0;
      this.#timer?.cancel();
      this.#set('connected');
    }
    for (const listener of this.eventListeners) listener(event);
  }

  #lose(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#ended.abort();
    this.#link.drop();
    this.#set('lost');
    this.#askLater();
  }

  #set(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener();
  }
}
