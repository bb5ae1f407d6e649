import type { Descriptor } from '../descriptor.ts';
import { storeName } from './common.ts';

export const local: Descriptor = {
  id: 'local',
  label: 'Local store',
  help: 'Credentials kept by Trustkeep itself, encrypted with its master key.',
  fields: [storeName],
};
