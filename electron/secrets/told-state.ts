import type { Log } from '#kit/log.ts';
import type { KeychainState } from '#shared/contract/agent.ts';
import { asFailure } from '#shared/failure.ts';

/** The state people see, told to listeners when it changed. A listener that throws stops nothing. */
export class ToldState {
  readonly #listeners = new Set<(state: KeychainState) => void>();
  readonly #log: Log;
  state: KeychainState = {
    kind: null,
    state: 'opening',
    sentence: 'The master key is being read from its place.',
    recoveryKeyWaiting: false,
  };

  constructor(log: Log) {
    this.#log = log;
  }

  /** Gives the function that ends it. */
  onChange(listener: (state: KeychainState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(state: KeychainState): KeychainState {
    const changed = JSON.stringify(state) !== JSON.stringify(this.state);
    this.state = state;
    if (changed) this.#tell(state);
    return state;
  }

  #tell(state: KeychainState): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(state);
      } catch (error) {
        this.#log.error('a listener to the keychain failed', { error: asFailure(error) });
      }
    }
  }
}
