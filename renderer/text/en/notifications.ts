export const notifications = {
  title: 'Notifications',
  bell: (unread: number) => (unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`),
  unread: (number: number) => (number === 0 ? 'All read' : `${number} unread`),
  all: 'All notifications',
  readAll: 'Mark all as read',
  none: 'No notifications',
  noneHint: 'Approvals, successes, failures and renewals at risk appear here.',
  open: 'Open',
};
