import type { Field } from '../field.ts';

export const storeName: Field = {
  name: 'storename',
  label: 'Store name',
  help: 'Name of the credential store, 1 to 64 characters.',
  kind: 'text',
  required: true,
  min: 1,
  max: 64,
};

export const storeRoots: Field = {
  name: 'trusted_roots',
  label: 'Trusted roots',
  help: 'PEM certificates to trust for TLS connections to this server, for private CAs.',
  kind: 'text',
  from: 'file',
  advanced: true,
};
