/** What the desktop's main process and its page agree on besides the contract. */

/** Origin of our own page; nothing else is ever loaded. */
export const pageOrigin = 'app://ui';

/** `data` of the window message with which the page asks its preload for its message ports. */
export const wantPortMessage = 'trustkeep:want-port';

/** `data` of the window message that answers it; `ports[0]` speaks the contract, `ports[1]` takes requests. */
export const portMessage = 'trustkeep:port';

/** The one request: that the person picks a file. Its answer is the path, or null. */
export const wantFileMessage = 'trustkeep:want-file';

/** A place in the window that something outside it (notification, tray) can open. */
export type Place =
  | { screen: 'overview' | 'notifications' | 'action-required' | 'autoupdate' }
  | { screen: 'task'; taskId: string }
  | { screen: 'approval'; approvalId: string };

/** The place as the fragment of the page's address: `#/tasks/task_…`. The page follows `hashchange`. */
export function placeHash(place: Place): string {
  switch (place.screen) {
    case 'task':
      return `#/tasks/${encodeURIComponent(place.taskId)}`;
    case 'approval':
      return `#/approvals/${encodeURIComponent(place.approvalId)}`;
    case 'action-required':
      return '#/notifications/action-required';
    default:
      return `#/${place.screen}`;
  }
}
