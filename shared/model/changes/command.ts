import { z } from 'zod';
import type { ChangeKind } from './change-kind.ts';

/** A program that is run on the endpoint. */
export const commandChange = z.object({
  kind: z.literal('command'),
  argv: z.array(z.string()),
  /** One sentence for people. */
  why: z.string(),
});
export type CommandChange = z.infer<typeof commandChange>;

export const command: ChangeKind<CommandChange> = {
  name: 'command',
  drawnAs: 'command',
  schema: commandChange,
  heading: 'Commands',
  noun: { one: 'command', many: 'commands' },
  none: 'No command is run.',
  columns: [],
  promise: 'Those that make the server take the change are run again when it is undone.',
  place: ({ argv }) => argv.join(' '),
  draw: ({ argv }) => ({ as: 'command', argv }),
  sentence: ({ why }) => why,
  later: null,
  leaves: () => null,
  drift: () => [],
};
