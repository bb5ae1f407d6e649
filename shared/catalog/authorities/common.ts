import type { Field } from '../field.ts';

export const authorityName = {
  name: 'name',
  label: 'Name',
  help: 'Name of the authority, 1 to 32 characters.',
  hint: 'What the authority is called in Trustkeep.',
  kind: 'text',
  required: true,
  min: 1,
  max: 32,
  names: true,
} as const satisfies Field;

export const isDefault = {
  name: 'is_default',
  label: 'Default authority',
  help: 'Use it when no other authority is named.',
  kind: 'boolean',
  default: false,
} as const satisfies Field;
