import { z } from 'zod';
import { defineConnection } from './definition.ts';

export const local = defineConnection({
  id: 'local',
  label: 'This machine',
  help: 'The machine the agent runs on, with the rights of the agent.',
  fields: [],
  settings: z.object({ type: z.literal('local') }),
  kind: 'host',
  system: 'any',
  runsHere: true,
  told: () => ({ address: null, login: null, pinned: null }),
  described: () => 'this machine',
  toFlat: () => ({}),
  fromFlat: () => ({ type: 'local' }),
  bound: ({ type }) => ({ type }),
});
