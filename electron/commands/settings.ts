import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { readSettings, saveSettings } from '../agent/settings.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function settingsCommands({ database, agent }: CommandTools) {
  const os = implement(contract.settings).$context<CommandContext>();
  return os.router({
    show: os.show.handler(() => readSettings(database)),
    set: os.set.handler(({ input, context }) => {
      const after = context.audit.commit(
        () => saveSettings(database, input),
        () => ({
          subject: null,
          sentence: `Settings were changed: ${Object.entries(input)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}.`,
        }),
      );
      agent.events.changed('settings', null);
      agent.wake();
      return after;
    }),
  });
}
