import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function notificationCommands({ database, agent, clock }: CommandTools) {
  const os = implement(contract.notifications).$context<CommandContext>();
  return os.router({
    list: os.list.handler(({ input }) => database.notifications.list(input.limit ?? usualLimit)),
    markRead: os.markRead.handler(({ input }) => {
      database.notifications.markRead(input.notification ?? null, clock.now());
      agent.events.changed('notifications', input.notification ?? null);
      return {};
    }),
  });
}
