/**
 * One fault put into the product on purpose. A suite that stays green with it does not look where it should.
 * `find` stands exactly once in `file`; a house test holds that, so the set moves with the code.
 */
export interface Mutation {
  /** The fault in a few words, as a person would make it: `the owner is not compared`. */
  breaks: string;
  /** Path from the root. */
  file: string;
  find: string;
  put: string;
  /** Test files, one of which must fail; paths from the root. */
  tests: readonly string[];
  /** Proof that nobody can see the difference: then the mutation is named and not run. */
  equivalent?: string;
}

/** The same tests for several mutations. */
export function judgedBy(
  tests: readonly string[],
  mutations: readonly Omit<Mutation, 'tests'>[],
): Mutation[] {
  return mutations.map((mutation) => ({ tests, ...mutation }));
}

/** The text with the fault in it. Throws when `find` does not stand there exactly once. */
export function mutated(text: string, { file, find, put }: Mutation): string {
  const pieces = text.split(find);
  if (pieces.length !== 2)
    throw new Error(`${file} holds ${pieces.length - 1} times, not once: ${find.split('\n')[0] ?? ''}`);
  return pieces.join(put);
}
