import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function auditCommands({ database }: CommandTools) {
  const os = implement(contract.audit).$context<CommandContext>();
  return os.router({
    list: os.list.handler(({ input }) => database.audit.list(input.before, input.limit ?? usualLimit)),
    verify: os.verify.handler(() => database.audit.verify()),
  });
}
