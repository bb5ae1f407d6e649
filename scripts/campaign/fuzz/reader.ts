import type { Chance } from '../../../test/make/random.ts';

/** One reader of what others write. It gives an answer or what `refuses` knows, soon; anything else is a finding. */
export interface Reader {
  name: string;
  /** How many inputs it gets beside the others; a slow one gets few. */
  share: number;
  make(chance: Chance): Buffer;
  /** A promise where it reads from a connection. */
  read(input: Buffer): unknown;
  refuses(error: unknown): boolean;
}

/** Readers with what they need open. */
export interface OpenReaders {
  readers: readonly Reader[];
  /** What must hold after all that was sent, each in a sentence: nothing is wrong when there is none. Asked before `close`. */
  wrongNow(): Promise<string[]>;
  close(): Promise<void>;
}
