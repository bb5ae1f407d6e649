import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import type { Overview } from '#shared/model/overview.ts';
import { useBridge } from '../../bridge/context.tsx';
import { keepList, recallList } from '../../bridge/list-memory.ts';

export const stepIds = ['secrets', 'name', 'outbound', 'authority', 'endpoint'] as const;
export type StepId = (typeof stepIds)[number];

/** Done is what the agent says; skipped is what a person left at what it is. */
type StepState = 'done' | 'skipped' | 'to-do';

export interface Steps {
  state(id: StepId): StepState;
  /** The steps were shown in this window, before there was an endpoint. */
  begun: boolean;
  hidden: boolean;
  skip(id: StepId, skipped?: boolean): void;
  hide(): void;
}

const list = 'first-steps';

const kept = z.object({
  begun: z.boolean().catch(false),
  hidden: z.boolean().catch(false),
  skipped: z.array(z.string()).catch([]),
});

/** How far the first steps are. What was skipped is kept in the window's own storage, so that closing it loses nothing. */
export function useSteps(overview: Overview): Steps {
  const { queries } = useBridge();
  const [chosen, setChosen] = useState(() => kept.parse(recallList(list) ?? {}));
  const secrets = useQuery(queries.secrets.state.queryOptions({ input: {} })).data;
  const settings = useQuery(queries.settings.show.queryOptions({ input: {} })).data;
  const proxy = useQuery(queries.proxy.get.queryOptions({ input: {} })).data;
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} })).data;
  const done: Record<StepId, boolean> = {
    secrets: secrets?.state === 'ready' && !secrets.recoveryKeyWaiting,
    name: (settings?.agent_name ?? '') !== '',
    outbound: proxy !== undefined && proxy.route.mode !== 'none',
    authority: (authorities?.length ?? 0) > 1, // one is built in
    endpoint: overview.endpoints > 0,
  };
  const choose = (change: Partial<z.infer<typeof kept>>): void => {
    const next = { ...chosen, ...change };
    setChosen(next);
    keepList(list, next);
  };
  const begins = overview.endpoints === 0 && !chosen.begun;
  useEffect(() => {
    if (begins) keepList(list, { ...chosen, begun: true });
  }, [begins, chosen]);
  return {
    state: (id) => (done[id] ? 'done' : chosen.skipped.includes(id) ? 'skipped' : 'to-do'),
    begun: chosen.begun,
    hidden: chosen.hidden,
    skip: (id, skipped = true) => {
      const others = chosen.skipped.filter((one) => one !== id);
      choose({ begun: true, skipped: skipped ? [...others, id] : others });
    },
    hide: () => choose({ hidden: true }),
  };
}
