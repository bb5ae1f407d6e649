import { keyTypes } from '../../model/certificate.ts';
import type { Field } from '../field.ts';

export const nameField: Field = {
  name: 'name',
  label: 'Name',
  help: 'Name of the endpoint, 1 to 32 characters.',
  kind: 'text',
  required: true,
  min: 1,
  max: 32,
};

/** What the owner wants, the same for every endpoint type. */
export const policyFields: readonly Field[] = [
  {
    name: 'auto_approve',
    label: 'Approve automatically',
    help: 'Approve plans for this endpoint without a person. Off unless switched on.',
    kind: 'boolean',
    default: false,
    advanced: true,
  },
  {
    name: 'auto_renew',
    label: 'Renew automatically',
    help: 'Renew certificates obtained for this endpoint in good time. On unless switched off.',
    kind: 'boolean',
    default: true,
    advanced: true,
  },
  {
    name: 'authority',
    label: 'Authority',
    help: 'Name of the authority to order from. Left out: the default one.',
    kind: 'text',
    max: 32,
    advanced: true,
  },
  {
    name: 'key_type',
    label: 'Key type',
    help: `Key type of new certificates: ${keyTypes.join(', ')}. Left out: ec-p256.`,
    kind: 'choice',
    choices: keyTypes,
    advanced: true,
  },
];
