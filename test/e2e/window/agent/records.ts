import { verdictOf } from '../world/audit.ts';
import { type FakeTools, os } from './procedures.ts';

/** What is kept of what was done: notifications, the audit log, results that a server is owed; and the settings. */
export function recordRoutes({ world, changed, did }: FakeTools) {
  return {
    notifications: {
      list: os.notifications.list.handler(({ input }) => world.notifications.slice(0, input.limit)),
      markRead: os.notifications.markRead.handler(({ input }) => {
        for (const one of world.notifications)
          if (input.notification === undefined || one.id === input.notification) one.readAt ??= Date.now();
        changed('notifications');
        return {};
      }),
    },
    settings: {
      show: os.settings.show.handler(() => world.settings),
      set: os.settings.set.handler(({ input }) => {
        did('settings.set', input);
        Object.assign(world.settings, input);
        changed('settings');
        return world.settings;
      }),
    },
    audit: {
      list: os.audit.list.handler(({ input }) =>
        world.audit
          .toReversed()
          .filter((entry) => input.before === undefined || entry.number < input.before)
          .slice(0, input.limit ?? 200),
      ),
      verify: os.audit.verify.handler(() => verdictOf(world.audit)),
    },
    outbox: {
      list: os.outbox.list.handler(() => []),
      acknowledge: os.outbox.acknowledge.handler(() => ({})),
    },
  };
}
