import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function proxyCommands(_tools: CommandTools) {
  const os = implement(contract.proxy).$context<CommandContext>();
  return os.router({
    get: os.get.handler(() => {
      throw new Error('not built');
    }),
    set: os.set.handler(() => {
      throw new Error('not built');
    }),
    confirm: os.confirm.handler(() => {
      throw new Error('not built');
    }),
    test: os.test.handler(() => {
      throw new Error('not built');
    }),
  });
}
