import type { z } from 'zod';
import { type Fact, fieldFacts } from '../definition.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Flat } from '../field.ts';
import type { SecretSources } from './secrets.ts';

/** One endpoint type described as data: everything that is known of it on both sides of every process line. */
export interface EndpointDefinition<T extends string, S> extends Descriptor {
  id: T;
  /** By the names of the fields, so that an update keeps what it does not name. Holds no secret. */
  toFlat(settings: S): Flat;
  /**
   * Flat input that fits the contract, with its defaults; every path in it is absolute. `secrets`: where those of its
   * `secretFields` are. Throws `input.invalid`.
   */
  fromFlat(flat: Flat, secrets: SecretSources): S;
  /** Directories that the server's own programs open for writing, also where nothing in them is changed; existing or not. */
  opensHere?: readonly string[];
  /** What is particular to the type, for people, in the order of the form. */
  facts(settings: S): Fact[];
}

/** Fills in what most types have no more to say about. */
export function defineEndpoint<const T extends string, Z extends z.ZodObject<{ type: z.ZodLiteral<T> }>>(
  given: { settings: Z } & Omit<EndpointDefinition<T, z.infer<Z>>, 'facts'> &
    Partial<Pick<EndpointDefinition<T, z.infer<Z>>, 'facts'>>,
): EndpointDefinition<T, z.infer<Z>> & { settings: Z } {
  return { facts: (settings) => fieldFacts(given.fields, given.toFlat(settings)), ...given };
}
