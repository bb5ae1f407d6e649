import uFuzzy from '@leeoniya/ufuzzy';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Found } from '#shared/model/found.ts';
import type { Client } from '../../bridge/bridge.ts';
import { after } from '../../bridge/clock.ts';
import { useBridge } from '../../bridge/context.tsx';
import { recentPlaces } from '../../bridge/recent.ts';
import { actionsOn, asVerb, foundItem, generalActions, type Item, recentItem, screenItems } from './items.ts';

/** How long a person who types is waited for, before the agent is asked. */
const typingMilliseconds = 120;

/** More than this is found by another letter. */
const mostFound = 20;

/** So many of the things that are found have their actions below them. */
const withActions = 2;

// a letter may be missing, too many or wrong
const fuzzy = new uFuzzy({ intraMode: 1 });

interface Items {
  items: readonly Item[];
  /** The agent has not answered yet to what is typed. */
  asking: boolean;
}

/** What the typed text means, best first; recent places and screens while nothing is typed. */
export function useItems(text: string): Items {
  const { client, queries } = useBridge();
  const overview = useQuery(queries.agent.overview.queryOptions({ input: {} }));
  const waiting = overview.data?.approvalsPending ?? 0;
  const verb = asVerb(text);
  const asked = useSettled((verb?.rest ?? text).trim());
  const answer = useQuery({
    ...queries.agent.find.queryOptions({ input: { text: asked || '-', limit: mostFound }, gcTime: 10_000 }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const found = asked === '' ? undefined : answer.data;
  const items = itemsFor(text.trim(), verb, found ?? [], client, waiting);
  return { items, asking: asked !== '' && answer.isFetching };
}

function itemsFor(
  typed: string,
  verb: ReturnType<typeof asVerb>,
  found: readonly Found[],
  client: Client,
  waiting: number,
): readonly Item[] {
  const all = unique([...recentPlaces().map(recentItem), ...screenItems, ...generalActions(client, waiting)]);
  if (typed === '') return all;
  const known = closest(all, typed);
  if (verb !== null) return unique([...found.flatMap((one) => actionsOn(one, client, verb.verb)), ...known]);
  const actions = found.slice(0, withActions).flatMap((one) => actionsOn(one, client));
  return unique([...known, ...found.map(foundItem), ...actions]);
}

function closest(items: readonly Item[], typed: string): Item[] {
  const [places, info, order] = fuzzy.search(
    items.map(({ title }) => title),
    typed,
  );
  const inOrder = order === null || info === null ? places : order.map((at) => info.idx[at] ?? 0);
  return (inOrder ?? []).flatMap((at) => items[at] ?? []);
}

function unique(items: readonly Item[]): Item[] {
  return [...new Map(items.toReversed().map((item) => [item.id, item])).values()].toReversed();
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = after(typingMilliseconds, () => setSettled(text));
    return () => timer.cancel();
  }, [text]);
  return settled;
}
