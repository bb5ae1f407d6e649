import type { Notification } from '#shared/model/notification.ts';
import type { Place } from '#shared/page.ts';

/** Where a click on a notification leads: what needs a person first, else what it is about. */
export function placeOf(notice: Pick<Notification, 'approvalId' | 'taskId'>): Place {
  if (notice.approvalId !== null) return { screen: 'approval', approvalId: notice.approvalId };
  if (notice.taskId !== null) return { screen: 'task', taskId: notice.taskId };
  return { screen: 'notifications' };
}
