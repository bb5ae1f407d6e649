import { inTurns } from '#kit/in-turns.ts';
import { type Authorization, authorization, readAs } from './wire.ts';
import type { Work } from './work.ts';

/** Requests at a time for orders with many names. */
const atOnce = 8;

export async function fetchAuthorization(work: Work, url: string): Promise<Authorization> {
  const asking = { asked: 'an authorization', signal: work.tools.signal };
  const answer = await work.accounts.post(url, null, asking);
  return readAs(authorization, answer.body, 'authorization', work.client.ca);
}

/** For all authorizations of an order. */
export const inGroups = <T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> =>
  inTurns(items, atOnce, each);
