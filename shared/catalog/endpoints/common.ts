import { keyTypes } from '../../model/certificate.ts';
import type { Field } from '../field.ts';

export const nameField: Field = {
  name: 'name',
  label: 'Name',
  help: 'Name of the endpoint, 1 to 32 characters.',
  hint: 'What the endpoint is called in Trustkeep.',
  kind: 'text',
  required: true,
  min: 1,
  max: 32,
  names: true,
};

/** What the owner wants, the same for every endpoint type. */
export const policyFields: readonly Field[] = [
  {
    name: 'auto_approve',
    label: 'Auto-approve',
    help: 'Approve plans for this endpoint without asking a person. Default: off.',
    kind: 'boolean',
    default: false,
    advanced: true,
  },
  {
    name: 'auto_renew',
    label: 'Auto-renew',
    help: 'Renew certificates obtained for this endpoint before they expire. Default: on.',
    kind: 'boolean',
    default: true,
    advanced: true,
  },
  {
    name: 'authority',
    label: 'Authority',
    help: 'Name of the authority to order from. Default: the default authority.',
    hint: 'The authority that certificates are requested from. Default: the default authority.',
    kind: 'text',
    max: 32,
    advanced: true,
  },
  {
    name: 'fallback_authority',
    label: 'Fall-back authority',
    help: 'Name of the authority to order from when the other one cannot be reached or cannot take the order (rate limit, outage, account). Default: none.',
    hint: 'Takes the order when the other one cannot be reached or cannot take it. Never asked after a refusal of the names.',
    kind: 'text',
    max: 32,
    advanced: true,
  },
  {
    name: 'key_type',
    label: 'Key type',
    help: `Key type of new certificates: ${keyTypes.join(', ')}. Default: that of the current certificate, otherwise ec-p256.`,
    hint: 'Kind of key of new certificates. Default: that of the current certificate, otherwise EC P-256.',
    kind: 'choice',
    choices: keyTypes,
    advanced: true,
  },
  {
    name: 'restarts',
    label: 'Restart',
    help: 'When the endpoint is made to serve what was installed: with_install, or separately, by "tls restart". Default: with_install.',
    hint: 'Separately: a task waits between installing and serving until you restart the endpoint.',
    kind: 'choice',
    choices: ['with_install', 'separately'],
    labels: { with_install: 'With the install', separately: 'Separately, when you say so' },
    default: 'with_install',
    advanced: true,
  },
];
