import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function credentialCommands(_tools: CommandTools) {
  const os = implement(contract.credentials).$context<CommandContext>();
  return os.router({
    add: os.add.handler(() => {
      throw new Error('not built');
    }),
    list: os.list.handler(() => {
      throw new Error('not built');
    }),
    get: os.get.handler(() => {
      throw new Error('not built');
    }),
    reveal: os.reveal.handler(() => {
      throw new Error('not built');
    }),
    update: os.update.handler(() => {
      throw new Error('not built');
    }),
    remove: os.remove.handler(() => {
      throw new Error('not built');
    }),
  });
}
