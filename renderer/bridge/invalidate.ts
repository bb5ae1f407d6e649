import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Topic } from '#shared/contract/events.ts';
import type { Contract } from '#shared/contract/index.ts';
import type { Bridge } from './bridge.ts';
import { after, now, type Timer } from './clock.ts';

type Noun = Exclude<keyof Contract, 'backups'>;

/** Which questions a change makes stale: its own noun, and those whose answers quote it. @internal */
export const staleBy: Record<Topic, readonly Noun[]> = {
  agent: ['agent'],
  endpoints: ['endpoints', 'nodes', 'agent', 'credentialStores', 'credentials'],
  nodes: ['nodes', 'certificates', 'agent'],
  certificates: ['certificates', 'nodes', 'agent'],
  orders: ['orders', 'certificates'],
  // a node waits for a restart while its task does
  tasks: ['tasks', 'nodes', 'notifications', 'agent'],
  approvals: ['approvals', 'tasks', 'notifications', 'agent'],
  authorities: ['authorities'],
  'credential-stores': ['credentialStores', 'endpoints'],
  credentials: ['credentials', 'credentialStores'],
  proxy: ['proxy'],
  autoupdate: ['autoupdate'],
  notifications: ['notifications', 'agent'],
  channels: ['channels'],
  audit: ['audit'],
  secrets: ['secrets', 'agent'],
  settings: ['settings', 'agent'],
};

/** A burst of events asks each question again once. */
const gatherMilliseconds = 120;

/**
 * Asking again takes at most a quarter of the time while events keep coming, as those of a bulk action do: after each
 * answer so many times as long as it took is waited, and not longer than so many milliseconds.
 */
const rests = 3;
const longestRest = 3_000;

/** Answers that are not there by then no longer keep other questions from being asked. */
const longestAnswer = 1_000;

/** Marks as stale what the agent says has changed; everything after a (new) hello. */
export function followChanges(bridge: Bridge, cache: QueryClient): () => void {
  const nouns = new Set<Noun>();
  let timer: Timer | undefined;
  let freeAt = 0;
  const askSoon = (): void => {
    timer?.cancel();
    timer = after(Math.max(gatherMilliseconds, freeAt - now()), () => void flush());
  };
  const flush = async (): Promise<void> => {
    timer = undefined;
    const keys: QueryKey[] = [...nouns].map((noun) => bridge.queries[noun].key());
    nouns.clear();
    const began = now();
    const mine = began + longestAnswer;
    freeAt = mine;
    await Promise.allSettled(keys.map((queryKey) => cache.invalidateQueries({ queryKey })));
    if (freeAt !== mine) return; // it took too long: another was asked meanwhile
    freeAt = now() + Math.min(longestRest, (now() - began) * rests);
    if (timer !== undefined) askSoon();
  };
  const stop = bridge.onEvent((event) => {
    if (event.type === 'hello') void cache.invalidateQueries();
    const topics: Topic[] =
      event.type === 'changed' ? [event.topic] : event.type === 'notification' ? ['notifications'] : [];
    for (const topic of topics) for (const noun of staleBy[topic]) nouns.add(noun);
    if (nouns.size > 0 && timer === undefined) askSoon();
  });
  return () => {
    stop();
    timer?.cancel();
  };
}
