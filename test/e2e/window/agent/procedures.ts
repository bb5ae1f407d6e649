import { implement } from '@orpc/server';
import type { AgentEvent, Topic } from '#shared/contract/events.ts';
import { contract } from '#shared/contract/index.ts';
import { notFound } from '../../../../electron/commands/find.ts';
import { toFailure, toLine } from '../../../../electron/transport/failures.ts';
import type { World } from '../world/world.ts';

/** The contract; what is thrown crosses the line as the product sends it, an answer that does not fit its schema too. */
export const os = implement(contract).use(async ({ path, next }, input) => {
  try {
    return await next();
  } catch (thrown) {
    throw toLine(toFailure(thrown, path.join('.'), input));
  }
});

/** What the procedures of every noun work with. */
export interface FakeTools {
  world: World;
  changed(...topics: Topic[]): void;
  emit(event: AgentEvent): void;
  /** Notes a changing command; throws what the test wants it to answer. */
  did(command: string, input: unknown): void;
}

/** The row that fits; else the product's own words for what is not there. */
export function need<T>(
  rows: readonly T[],
  fits: (row: T) => boolean,
  ...named: Parameters<typeof notFound>
): T {
  const found = rows.find(fits);
  if (found === undefined) throw notFound(...named);
  return found;
}
