import { connectionFields, whenHere } from '../connections/fields.ts';
import type { Descriptor } from '../descriptor.ts';
import { nameField, policyFields } from './common.ts';

export const nginx: Descriptor = {
  id: 'nginx',
  label: 'nginx',
  help: 'An nginx server: its server blocks are the nodes.',
  fields: [
    nameField,
    ...connectionFields(({ kind, system }) => kind === 'host' && system !== 'windows'),
    {
      name: 'nginx_config_path',
      label: 'nginx configuration file',
      help: 'Path to the nginx configuration file, 1 to 4096 characters. Default: the path built into nginx.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
    },
    {
      name: 'nginx_path',
      label: 'nginx program',
      help: 'Path to the nginx program. Default: found in the usual places.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
    },
    ...policyFields,
  ],
};
