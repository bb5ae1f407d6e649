import { z } from 'zod';
import { storeName } from './common.ts';
import { defineStore } from './definition.ts';

const settings = z.object({ kind: z.literal('local') });
export type LocalStoreSettings = z.infer<typeof settings>;

export const local = defineStore({
  id: 'local',
  label: 'Local store',
  help: 'Credentials kept by Trustkeep itself, encrypted with its master key.',
  idHelp: 'ID of a credential in this credential store. Type to search.',
  idForm: 'its ID',
  fields: [storeName],
  settings,
  toFlat: () => ({}),
  fromFlat: () => ({ kind: 'local' }),
});
