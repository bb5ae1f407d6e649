import type { z } from 'zod';
import { type Fact, fieldFacts } from '../definition.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Flat } from '../field.ts';

/** One kind of authority described as data: everything that is known of it on both sides of every process line. */
export interface AuthorityDefinition<K extends string, S> extends Descriptor {
  id: K;
  /** In one word, where the label is too long. */
  short: string;
  /** What ordering there means, in one sentence. */
  ordering: string;
  /** By the names of the fields, so that an update keeps what it does not name. Holds no secret. */
  toFlat(settings: S): Flat;
  /** Flat input that fits the contract, with its defaults. Throws `input.invalid`, `authority.*`. */
  fromFlat(flat: Flat): S;
  /** What tells it from others of its kind. */
  place(settings: S): string;
  /** Where it is reached over HTTP; null: it is kept here. */
  reached(settings: S): { url: string; trustedRootsPem: string | null } | null;
  /** Writes files below a web root of the endpoint: the one that is named, null for the node's own. Null: it does not. */
  webRoot(settings: S): { named: string | null } | null;
  /** Names whose control cannot be proved with these settings, whatever the CA offers, and why. Null: all of them can. */
  unprovable(
    settings: S,
    names: readonly string[],
  ): { names: string[]; because: string; hint: string } | null;
  /** Certificate profiles can be asked for; `preset` is the one that is ordered when nothing is said. Null: there are none. */
  profiles(settings: S): { preset: string | null } | null;
  /** Codes of failures that are its own and not those of whoever orders, so that another authority may well take the order. */
  itsOwnTroubles: ReadonlySet<string>;
  /** Directory where the CA takes orders for trial, whose certificates nobody trusts. Null: none is known. */
  testDirectory(settings: S): string | null;
  /** Secret fields, and the name each is sealed under. */
  seals: Readonly<Record<string, string>>;
  /** It keeps a root of its own, and these fields are fixed once that exists. Null: its root is kept elsewhere. */
  ownRoot: { fixes: readonly string[]; hint: string } | null;
  /** An account is kept at the CA, about which it can be asked. */
  account: boolean;
  /** For people, in the order of the form. */
  facts(settings: S): Fact[];
}

type Optional =
  | 'reached'
  | 'webRoot'
  | 'unprovable'
  | 'profiles'
  | 'itsOwnTroubles'
  | 'testDirectory'
  | 'seals'
  | 'ownRoot'
  | 'account'
  | 'facts';

/** Fills in what most kinds have no more to say about. */
export function defineAuthority<const K extends string, Z extends z.ZodObject<{ kind: z.ZodLiteral<K> }>>(
  given: { settings: Z } & Omit<AuthorityDefinition<K, z.infer<Z>>, Optional> &
    Partial<Pick<AuthorityDefinition<K, z.infer<Z>>, Optional>>,
): AuthorityDefinition<K, z.infer<Z>> & { settings: Z } {
  return {
    reached: () => null,
    webRoot: () => null,
    unprovable: () => null,
    profiles: () => null,
    itsOwnTroubles: new Set(),
    testDirectory: () => null,
    seals: {},
    ownRoot: null,
    account: false,
    facts: (settings) => fieldFacts(given.fields, given.toFlat(settings)),
    ...given,
  };
}
