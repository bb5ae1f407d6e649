import { z } from 'zod';
import { type Fact, fieldFacts } from '../definition.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Flat } from '../field.ts';
import { text, trustedRoots } from '../flat.ts';
import { storeRoots } from './common.ts';

/** Where a store is reached over HTTP. */
interface StorePlace {
  address: string;
  /** What is read within it, where a store has such a thing. */
  within: string | null;
  trustedRootsPem: string | null;
}

/** What a store asks a person for at the command line when it was not given. */
interface StoreQuestion {
  field: string;
  /** Null: not now. `updating`: something may be kept already. */
  ask(values: Readonly<Record<string, unknown>>, updating: boolean): string | null;
}

/** One kind of credential store described as data: everything that is known of it on both sides of every process line. */
export interface StoreDefinition<K extends string, S> extends Descriptor {
  id: K;
  /** How a credential ID is written there, for people. */
  idHelp: string;
  /** The same in a few words, in the help of a command that takes the ID of any store. */
  idForm: string;
  /** Whose credentials they are, in a sentence: `a Vault`. Null: it keeps them itself, on this machine. */
  keeper: string | null;
  /** By the names of the fields, so that an update keeps what it does not name. Holds no secret. */
  toFlat(settings: S): Flat;
  /**
   * Flat input that fits the contract, with its defaults. `has`: whether the value of a field was given now or is sealed
   * already. Throws `input.invalid`.
   */
  fromFlat(flat: Flat, has: (field: string) => boolean): S;
  /** What this way of logging in cannot do without, by field; `whose` begins the sentence that says so. */
  needs(flat: Flat): { whose: string; fields: readonly string[] };
  /** The fields that have something kept behind them which is not shown. */
  kept(settings: S): readonly string[];
  /** Null: it is reached nowhere, it is kept here. */
  place(settings: S): StorePlace | null;
  questions: readonly StoreQuestion[];
  /** For people, in the order of the form. */
  facts(settings: S): Fact[];
}

type Optional = 'keeper' | 'needs' | 'kept' | 'place' | 'questions' | 'facts';

/** Fills in what most kinds have no more to say about. The name of a store is no setting, so it is not among the facts. */
export function defineStore<const K extends string, Z extends z.ZodObject<{ kind: z.ZodLiteral<K> }>>(
  given: { settings: Z } & Omit<StoreDefinition<K, z.infer<Z>>, Optional> &
    Partial<Pick<StoreDefinition<K, z.infer<Z>>, Optional>>,
): StoreDefinition<K, z.infer<Z>> & { settings: Z } {
  return {
    keeper: null,
    needs: () => ({ whose: '', fields: [] }),
    kept: () => [],
    place: () => null,
    questions: [],
    facts: (settings) => fieldFacts(given.fields, given.toFlat(settings)),
    ...given,
  };
}

/** What the settings of every store over HTTP have. */
export const overHttp = {
  /** Certificates (PEM) trusted for this server beside the machine's own. */
  trustedRootsPem: z.string().nullable(),
  /** Credential ID that `verify` reads; null: `verify` ends with the login. */
  verify: z.string().nullable(),
};

export const httpUrl = z.url({ protocol: /^https?$/ });

export function overHttpFlat({
  verify,
  trustedRootsPem,
}: {
  verify: string | null;
  trustedRootsPem: string | null;
}) {
  return { verify: verify ?? undefined, [storeRoots.name]: trustedRootsPem ?? undefined };
}

export function overHttpSettings(flat: Flat) {
  return { verify: text(flat, 'verify'), trustedRootsPem: trustedRoots(text(flat, storeRoots.name)) };
}
