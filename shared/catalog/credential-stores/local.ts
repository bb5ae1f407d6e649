import type { Descriptor } from '../descriptor.ts';
import { storeName } from './common.ts';

export const local: Descriptor = {
  id: 'local',
  label: 'Local store',
  help: "Credentials that Trustkeep keeps itself, sealed by this computer's keychain.",
  fields: [storeName],
};
