import { judgedBy, type Mutation } from '../mutation.ts';

const wanted = 'electron/agent/policies/wanted-notification.ts';
const notifications = 'electron/agent/notifications.ts';

/** Which notifications appear, and that all of them are kept. */
export const notificationMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/wanted-notification.test.ts', 'test/unit/agent/settings.test.ts'],
  [
    {
      breaks: 'a success with warnings is switched off with the successes',
      file: wanted,
      find: "return level === 'success' ? settings.notify_successes : settings.notify_failures;",
      put: 'return settings.notify_successes;',
    },
    {
      breaks: 'a renewal at risk is switched off with the failures',
      file: wanted,
      find: "    case 'failed':\n    case 'restored':\n",
      put: "    case 'failed':\n    case 'restored':\n    case 'renewal-at-risk':\n",
    },
    {
      breaks: 'what waits for approval does not appear when successes are switched off',
      file: wanted,
      find: 'return settings.notify_approvals;',
      put: 'return settings.notify_approvals && settings.notify_successes;',
    },
    {
      breaks: 'what is switched off appears all the same',
      file: notifications,
      find: "if (appears) this.#events.emit({ type: 'notification'",
      put: "if (appears || notification.readAt === null) this.#events.emit({ type: 'notification'",
    },
    {
      breaks: 'what is switched off is not kept',
      file: notifications,
      find: '    this.#database.notifications.insert(notification);\n',
      put: '    if (isWanted(notification, readSettings(this.#database))) this.#database.notifications.insert(notification);\n',
    },
    {
      breaks: 'the list in the window does not hear of what is switched off',
      file: notifications,
      find: "      this.#events.changed('notifications', notification.id);\n      if (appears)",
      put: "      if (appears) this.#events.changed('notifications', notification.id);\n      if (appears)",
    },
    {
      breaks: 'one choice is forgotten when another one is stored',
      file: 'electron/agent/settings.ts',
      find: '{ ...readSettings(database), ...updates }',
      put: 'updates',
    },
  ],
);
