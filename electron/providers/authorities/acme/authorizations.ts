import { type Authorization, authorization, readAs } from './wire.ts';
import type { Work } from './work.ts';

/** Requests at a time for orders with many names. */
const atOnce = 8;

export async function fetchAuthorization(work: Work, url: string): Promise<Authorization> {
  const asking = { asked: 'an authorization', signal: work.tools.signal };
  const answer = await work.accounts.post(url, null, asking);
  return readAs(authorization, answer.body, 'authorization', work.client.ca);
}

export async function inGroups<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(each))));
  return results;
}
