import type { z } from 'zod';
import { type Fact, fieldFacts } from '../definition.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Flat } from '../field.ts';

/** One way for notifications to leave this machine, described as data. */
export interface ChannelDefinition<K extends string, S> extends Descriptor {
  id: K;
  /** In one word, where the label is too long. */
  short: string;
  /** By the names of the fields, so that an update keeps what it does not name. Holds no secret. */
  toFlat(settings: S): Flat;
  /** Flat input that fits the contract, with its defaults. Throws `input.invalid`. */
  fromFlat(flat: Flat): S;
  /** Where it leads, for people. */
  place(settings: S): string;
  /** Secret fields, and the name each is sealed under. */
  seals: Readonly<Record<string, string>>;
  /** What the sealed secrets were given for: with another value here, they have to be given again. */
  boundTo: readonly string[];
  /** Those of them without which nothing can be sent. */
  needs: readonly string[];
  /** For people, in the order of the form. */
  facts(settings: S): Fact[];
}

export function defineChannel<const K extends string, Z extends z.ZodObject<{ kind: z.ZodLiteral<K> }>>(
  given: { settings: Z } & Omit<ChannelDefinition<K, z.infer<Z>>, 'facts'>,
): ChannelDefinition<K, z.infer<Z>> & { settings: Z } {
  return { facts: (settings) => fieldFacts(given.fields, given.toFlat(settings)), ...given };
}
