import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Notification } from '#shared/model/notification.ts';
import { liveTaskStates, type Task } from '#shared/model/task.ts';
import { useBridge } from '../../bridge/context.tsx';
import { type Filter, inputOf } from './filter.ts';

const older = (last: string | null) => (last === null ? {} : { older_than: last });

/** Notifications, the newest first, read batch by batch. */
export function useNotifications(filter: Exclude<Filter, 'tasks'>, mine: boolean, batch: number) {
  const { queries } = useBridge();
  const query = useInfiniteQuery(
    queries.notifications.list.infiniteOptions({
      input: (last: string | null) => ({ ...inputOf(filter, mine), limit: batch, ...older(last) }),
      initialPageParam: null as string | null,
      getNextPageParam: (page: Notification[]) => (page.length < batch ? undefined : page.at(-1)?.id),
    }),
  );
  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  return { query, rows };
}

/** Tasks, the newest first, read batch by batch. */
export function useTasks(mine: boolean, batch: number) {
  const { queries } = useBridge();
  const query = useInfiniteQuery(
    queries.tasks.list.infiniteOptions({
      input: (last: string | null) => ({ ...(mine ? { mine } : {}), limit: batch, ...older(last) }),
      initialPageParam: null as string | null,
      getNextPageParam: (page: Task[]) => (page.length < batch ? undefined : page.at(-1)?.id),
    }),
  );
  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  return { query, rows };
}

/** Those in progress now; one more than are shown says that there are more. */
export function useLiveTasks(mine: boolean, limit: number) {
  const { queries } = useBridge();
  const input = { states: [...liveTaskStates], ...(mine ? { mine } : {}), limit };
  return useQuery(queries.tasks.list.queryOptions({ input }));
}
