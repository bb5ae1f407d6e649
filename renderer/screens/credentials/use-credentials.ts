import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CredentialRow } from '#shared/contract/credentials.ts';
import { after } from '../../bridge/clock.ts';
import { useBridge } from '../../bridge/context.tsx';

export const credentialsPerPage = 100;

/** How long a person who types is waited for. */
const typingMilliseconds = 150;

interface CredentialPages {
  query: ReturnType<typeof usePage>;
  search: string;
  onSearch(text: string): void;
  page: number;
  toPage(page: number): void;
  /** All that are found, of every page. */
  everything(): Promise<readonly CredentialRow[]>;
}

/** Walks through the credentials of a local store page by page; only one page is ever held, the next is fetched ahead. */
export function useCredentials(storeId: string): CredentialPages {
  const [search, setSearch] = useState('');
  const asked = useSettled(search.trim());
  /** The last id before each page that was opened; none before the first. */
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const [searchedFor, setSearchedFor] = useState(asked);
  if (searchedFor !== asked) {
    setSearchedFor(asked);
    setCursors([undefined]);
  }
  const query = usePage(storeId, asked, cursors.at(-1));
  // the last row of the last page may have been removed
  if (cursors.length > 1 && query.data?.items.length === 0 && !query.isPlaceholderData)
    setCursors(cursors.slice(0, -1));
  const toPage = (page: number): void => {
    const last = query.data?.items.at(-1)?.id;
    if (page < cursors.length - 1) setCursors(cursors.slice(0, page + 1));
    else if (last !== undefined && !query.isPlaceholderData) setCursors([...cursors, last]);
  };
  const everything = useEverything(storeId, asked);
  return { query, search, onSearch: setSearch, page: cursors.length - 1, toPage, everything };
}

/** As many as the agent gives in one answer. */
const mostAtOnce = 1000;

function useEverything(storeId: string, search: string): () => Promise<readonly CredentialRow[]> {
  const { client } = useBridge();
  return async () => {
    const all: CredentialRow[] = [];
    for (let more = true; more; ) {
      const last = all.at(-1)?.id;
      const answer = await client.credentials.list({
        storename: storeId,
        limit: mostAtOnce,
        ...(search === '' ? {} : { search }),
        ...(last === undefined ? {} : { after: last }),
      });
      all.push(...answer.items);
      more = answer.more;
    }
    return all;
  };
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = after(typingMilliseconds, () => setSettled(text));
    return () => timer.cancel();
  }, [text]);
  return settled;
}

interface Page {
  items: CredentialRow[];
  total: number;
  more: boolean;
}

function usePage(storeId: string, search: string, after: string | undefined) {
  const { queries } = useBridge();
  const cache = useQueryClient();
  const options = (from: string | undefined) =>
    queries.credentials.list.queryOptions({
      input: {
        storename: storeId,
        limit: credentialsPerPage,
        ...(search === '' ? {} : { search }),
        ...(from === undefined ? {} : { after: from }),
      },
      // pages passed by are asked for again, they are not collected
      gcTime: 30_000,
    });
  const query = useQuery({ ...options(after), placeholderData: keepPreviousData<Page> });
  const { data, isPlaceholderData } = query;
  const next = data?.more === true && !isPlaceholderData ? data.items.at(-1)?.id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the options follow from what is named
  useEffect(() => {
    if (next !== undefined) void cache.prefetchQuery(options(next));
  }, [cache, next]);
  return query;
}
