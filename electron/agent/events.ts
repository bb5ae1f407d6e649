import type { Clock } from '#kit/clock.ts';
import type { AgentEvent, Topic } from '#shared/contract/events.ts';

type Listener = (event: AgentEvent) => void;

/** Tells every listener, in order, synchronously, after the row is stored. A listener that throws stops nobody. */
export class Events {
  readonly #listeners = new Set<Listener>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives the function that ends the subscription (idempotent). */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: AgentEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // a broken listener (a closing window) must not stop the agent
      }
    }
  }

  changed(topic: Topic, id: string | null): void {
    this.emit({ type: 'changed', topic, id, at: this.#clock.now() });
  }
}
