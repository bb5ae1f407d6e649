import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import type { Secret } from '../../../secrets/secret.ts';

/**
 * Passwords of key stores and the like, by the names of their fields: sealed with the endpoint, or read from a credential store.
 * Opened at the moment of use, wiped by who opened it.
 */
export interface EndpointSecrets {
  /**
   * Null when the settings name none. Rejects with `keychain.*` while the master key is not at hand, `secret.*`, and as
   * reading a credential store does. Asking a store may take as long as the network does.
   */
  open(name: string): Promise<Secret | null>;
}

/** Why a handshake does not complete. */
export interface NoHandshake {
  /** A server answered, and the handshake failed: waiting alone changes nothing. */
  answered: boolean;
  sentence: string;
}

export interface EndpointTools {
  clock: Clock;
  log: Log;
  secrets: EndpointSecrets;
  /** Whether a TLS handshake there completes, as the agent sees it. Null: it does; else why not. Never rejects. */
  handshake(place: PlannedProof): Promise<NoHandshake | null>;
}
