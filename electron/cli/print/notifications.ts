import type { Notification, NotificationCount } from '#shared/model/notification.ts';
import { type Paper, pairs, table } from '../table.ts';
import { when } from '../when.ts';

export function notificationTable(notifications: readonly Notification[], paper: Paper): string[] {
  if (notifications.length === 0) return ['There are no notifications.'];
  return table(
    notifications,
    [
      { head: '', value: ({ readAt }) => (readAt === null ? '*' : '') },
      { head: 'when', value: ({ at }) => when(at, paper.now) },
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'title', value: ({ title }) => title },
      { head: 'what', value: ({ sentence }) => sentence },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

export function notificationCountPage(
  { kinds, actionRequired, tasks }: NotificationCount,
  paper: Paper,
): string[] {
  return [
    ...pairs([
      ['Action required', String(actionRequired)],
      ['Tasks', `${tasks.total} (${tasks.live} in progress)`],
    ]),
    '',
    ...table(
      kinds,
      [
        { head: 'kind', value: ({ kind }) => kind, whole: true },
        { head: 'total', value: ({ total }) => String(total), right: true },
        { head: 'unread', value: ({ unread }) => String(unread), right: true },
      ],
      paper,
    ),
  ];
}
