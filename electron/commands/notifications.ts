import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function notificationCommands({ database, agent, clock }: CommandTools) {
  const os = implement(contract.notifications).$context<CommandContext>();
  const by = (mine: boolean | undefined, { caller }: CommandContext) => (mine ? caller.actor : undefined);
  return os.router({
    list: os.list.handler(({ input, context }) =>
      database.notifications.list({
        kinds: input.kinds,
        by: by(input.mine, context),
        unread: input.unread,
        actionRequired: input.action_required,
        olderThan: input.older_than,
        limit: input.limit ?? usualLimit,
      }),
    ),
    count: os.count.handler(({ input, context }) => {
      const mine = by(input.mine, context);
      return { ...database.notifications.count(mine), tasks: database.tasks.count(mine) };
    }),
    markRead: os.markRead.handler(({ input }) => {
      database.notifications.markRead(input.notification ?? null, clock.now());
      agent.events.changed('notifications', input.notification ?? null);
      return {};
    }),
  });
}
