import type { Field } from '../field.ts';

export const channelName = {
  name: 'name',
  label: 'Name',
  help: 'Name of the channel, 1 to 32 characters.',
  hint: 'What the channel is called in Trustkeep.',
  kind: 'text',
  required: true,
  min: 1,
  max: 32,
  names: true,
} as const satisfies Field;

export const channelRoots = {
  name: 'trusted_roots',
  label: 'Trusted roots',
  help: 'PEM certificates to trust for TLS connections to this server, for private CAs.',
  kind: 'text',
  from: 'file',
  none: 'system roots',
  advanced: true,
} as const satisfies Field;
