import type { Field } from '../field.ts';

export const storeName = {
  name: 'storename',
  label: 'Store name',
  help: 'Name of the credential store, 1 to 64 characters.',
  hint: 'What the credential store is called in Trustkeep.',
  kind: 'text',
  required: true,
  min: 1,
  max: 64,
  names: true,
} as const satisfies Field;

export const storeRoots = {
  name: 'trusted_roots',
  label: 'Trusted roots',
  help: 'PEM certificates to trust for TLS connections to this server, for private CAs.',
  kind: 'text',
  from: 'file',
  none: 'system roots',
  advanced: true,
} as const satisfies Field;

/** What it means that nothing is named to verify with. */
export const verifiesLogin = 'nothing: a test ends after login';
