import type { Chance } from '../../../test/make/random.ts';

/** One reader of input that others write. It gives an answer or what `refuses` knows, soon; anything else is a finding. */
export interface Reader {
  name: string;
  /** How many inputs it gets beside the others; a slow one gets few. */
  share: number;
  make(chance: Chance): Buffer;
  read(input: Buffer): unknown;
  refuses(error: unknown): boolean;
}
