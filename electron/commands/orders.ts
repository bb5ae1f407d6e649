import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import { notFound } from './find.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function orderCommands({ database }: CommandTools) {
  const os = implement(contract.orders).$context<CommandContext>();
  return os.router({
    list: os.list.handler(({ input }) => database.orders.list(input.limit ?? usualLimit, input.older_than)),
    show: os.show.handler(({ input }) => {
      const order = database.orders.byNumber(input.number);
      if (order === null) throw notFound('order', String(input.number), 'trustkeep orders list');
      return order;
    }),
  });
}
