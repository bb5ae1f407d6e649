import type { Descriptor } from '../descriptor.ts';

export const local: Descriptor = {
  id: 'local',
  label: 'Local authority',
  help: 'A private CA kept by this agent, for internal names. Its root is made on first use.',
  fields: [
    {
      name: 'name',
      label: 'Name',
      help: 'Name of the authority, 1 to 32 characters.',
      kind: 'text',
      required: true,
      min: 1,
      max: 32,
    },
    {
      name: 'common_name',
      label: 'Common name',
      help: 'Common name of the root, 1 to 64 characters.',
      kind: 'text',
      min: 1,
      max: 64,
      default: 'Trustkeep local root',
    },
    {
      name: 'leaf_days',
      label: 'Lifetime in days',
      help: 'Lifetime of its certificates, 1 to 825 days.',
      kind: 'number',
      min: 1,
      max: 825,
      default: 90,
    },
    {
      name: 'permitted_names',
      label: 'Permitted names',
      help: 'DNS names below which it may issue (name constraints). Left out: no limit. Fixed once the root exists.',
      kind: 'lines',
      advanced: true,
    },
    {
      name: 'is_default',
      label: 'Default authority',
      help: 'Use it where no other authority is named.',
      kind: 'boolean',
      default: false,
    },
  ],
};
