import type { Envelope } from './envelope.ts';

/** What a new store key found. */
export interface Resealed {
  /** How many values are now under it. */
  resealed: number;
  /** Those that opened before as little as now, as people name them. */
  damaged: string[];
}

/** What was made ready for a new store key. */
export interface PreparedRows {
  /** In the transaction of the change: synchronous. Gives what the change means, whatever was stored meanwhile. */
  change(): Resealed;
  /** After it: stores the wraps that were made ready, as `SealedRows.finish` does. */
  write(goOn: () => boolean): Promise<boolean>;
}

/** The rows that are sealed, as a change of the store's key meets them. */
export interface SealedRows {
  /**
   * Wraps between turns of the loop what is under `from`, without storing it. `to` must open what is under `from`, until
   * `write` and `finish` are through. Throws `database.*`, also when the disk has no room for what follows.
   */
  prepare(from: Envelope, to: Envelope): Promise<PreparedRows>;
  /**
   * Wraps anew what is not under the newest key and format of `envelope`: in slices, each a transaction of some milliseconds,
   * between turns of the loop. Killed at any point it is begun again. `goOn` is asked before each slice; gives whether
   * it came to the end. What does not open stays as it is. Throws `database.*`.
   */
  finish(envelope: Envelope, goOn: () => boolean): Promise<boolean>;
  /** At the end: nothing that was overwritten stays in the files. */
  settle(): void;
}
