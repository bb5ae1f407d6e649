import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import { notFound } from './find.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function outboxCommands({ database }: CommandTools) {
  const os = implement(contract.outbox).$context<CommandContext>();
  return os.router({
    list: os.list.handler(({ input, context: { caller } }) =>
      database.outbox.list({
        server: caller.origin === 'server' ? caller.actor : undefined,
        limit: input.limit ?? usualLimit,
      }),
    ),
    acknowledge: os.acknowledge.handler(({ input, context: { caller, audit } }) => {
      audit.commit(
        () => {
          const found = database.outbox.get(input.result);
          if (found === null || found.server !== caller.actor)
            throw notFound('outbox', input.result, 'outbox.list');
          database.outbox.remove(found.id);
          return found;
        },
        ({ id, taskId }) => ({ subject: id, sentence: `The result of ${taskId} has arrived.` }),
      );
      return {};
    }),
  });
}
