import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function backupCommands(_tools: CommandTools) {
  const os = implement(contract.backups).$context<CommandContext>();
  return os.router({
    create: os.create.handler(() => {
      throw new Error('not built');
    }),
    restore: os.restore.handler(() => {
      throw new Error('not built');
    }),
  });
}
