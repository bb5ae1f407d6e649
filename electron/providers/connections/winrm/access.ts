import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { WinrmPlace } from './place.ts';

/** What all connections to one service share. */
export interface Access {
  place: WinrmPlace;
  /** The caller wipes it, after the last connection. */
  password: Secret;
  /** `from credential "web" of store "vault1"`; undefined: it is the endpoint's own. */
  source: string | undefined;
  description: string;
  /** The password was refused: it is never sent again. */
  refused: Failure | null;
  /** One login after the other: a password that has become wrong is sent once, not by each connection. */
  opening: Promise<unknown>;
  clock: Clock;
  log: Log;
}

export interface AskOptions {
  /** Milliseconds for the whole answer. */
  timeoutMs: number;
  /** Bytes of an answer; what it is wrapped in is allowed for. */
  maxBytes: number;
  /** Doing it twice does no harm: it is sent again when a kept connection turns out to be closed. */
  repeat: boolean;
  signal?: AbortSignal | undefined;
  /** Called when the message itself is on its way: from then on it may have been heard. */
  onSending?: (() => void) | undefined;
  /** Gives the message that will be asked next, to be sealed while this one is answered. Another one costs the connection. */
  meanwhile?: (() => Buffer | null) | undefined;
}
