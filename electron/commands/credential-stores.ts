import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function credentialStoreCommands(_tools: CommandTools) {
  const os = implement(contract.credentialStores).$context<CommandContext>();
  return os.router({
    add: os.add.handler(() => {
      throw new Error('not built');
    }),
    list: os.list.handler(() => {
      throw new Error('not built');
    }),
    show: os.show.handler(() => {
      throw new Error('not built');
    }),
    update: os.update.handler(() => {
      throw new Error('not built');
    }),
    verify: os.verify.handler(() => {
      throw new Error('not built');
    }),
    remove: os.remove.handler(() => {
      throw new Error('not built');
    }),
  });
}
