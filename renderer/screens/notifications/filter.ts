import type { NotificationCount, NotificationKind } from '#shared/model/notification.ts';
import { en } from '../../text/en.ts';

/** What of the notifications is shown; `tasks`: the tasks themselves, those that tell nothing at their end too. */
export type Filter = 'everything' | 'action-required' | 'tasks' | NotificationKind;

/** What `notifications list` is asked for. */
export function inputOf(filter: Exclude<Filter, 'tasks'>, mine: boolean) {
  const whose = mine ? { mine } : {};
  if (filter === 'everything') return whose;
  if (filter === 'action-required') return { ...whose, action_required: true };
  return { ...whose, kinds: [filter] };
}

/** What there is to choose, each with how many there are. A kind of which there is none is only there while it is chosen. */
export function filterChoices(count: NotificationCount, chosen: Filter): [Filter, string][] {
  const all: [Filter, number, boolean][] = [
    ['everything', count.kinds.reduce((sum, { total }) => sum + total, 0), true],
    ['action-required', count.actionRequired, true],
    ['tasks', count.tasks.total, true],
    ...count.kinds.map(({ kind, total }): [Filter, number, boolean] => [kind, total, false]),
  ];
  return all
    .filter(([filter, number, always]) => always || number > 0 || filter === chosen)
    .map(([filter, number]) => [filter, `${en.notifications.filters[filter]} (${number})`]);
}
