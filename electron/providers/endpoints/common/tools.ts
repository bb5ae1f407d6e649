import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Secret } from '../../../secrets/secret.ts';

/** Passwords of key stores and the like, sealed with the endpoint. Opened at the moment of use, wiped by who opened it. @internal */
export interface EndpointSecrets {
  /** Null when there is none of that name. Throws `keychain.*` while the master key is not at hand, and `secret.damaged`. */
  open(name: string): Secret | null;
}

export interface EndpointTools {
  clock: Clock;
  log: Log;
  secrets: EndpointSecrets;
}
