import type { Notification } from '#shared/model/notification.ts';
import type { Settings } from '#shared/model/settings.ts';

/** Whether a notification appears by itself, or is only listed. A success with warnings is something to check, so it counts as one. */
export function isWanted({ kind, level }: Pick<Notification, 'kind' | 'level'>, settings: Settings): boolean {
  switch (kind) {
    case 'approval-needed':
      return settings.notify_approvals;
    case 'succeeded':
      return level === 'success' ? settings.notify_successes : settings.notify_failures;
    case 'failed':
    case 'restored':
      return settings.notify_failures;
    case 'renewal-at-risk':
      return settings.notify_expiry;
    case 'keychain':
    case 'system':
      return settings.notify_system;
    default:
      return kind satisfies never;
  }
}
