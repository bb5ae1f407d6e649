import type { Notification } from '#shared/model/notification.ts';

/** What a click on a notification opens. */
export function placeOfNotification(notification: Notification): string[] | null {
  if (notification.approvalId !== null) return ['approvals', notification.approvalId];
  if (notification.taskId !== null) return ['tasks', notification.taskId];
  return notification.kind === 'keychain' ? ['settings'] : null;
}
