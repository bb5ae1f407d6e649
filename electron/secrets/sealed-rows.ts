import type { Envelope } from './envelope.ts';

/** What a new store key found. */
export interface Resealed {
  /** How many values are now under it. */
  resealed: number;
  /** Those that opened before as little as now, as people name them. */
  damaged: string[];
}

/** The rows that are sealed, as a change of the store's key meets them. */
export interface SealedRows {
  /**
   * Does between turns of the loop what can be done before the change, and gives the rest, for the one transaction of
   * the change: synchronous, and right whatever was stored meanwhile.
   */
  prepare(from: Envelope, to: Envelope): Promise<() => Resealed>;
  /** After the change: nothing that was overwritten stays in the files. */
  settle(): void;
}
