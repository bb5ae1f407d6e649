import type { Descriptor } from '../descriptor.ts';

export const local: Descriptor = {
  id: 'local',
  label: 'Local authority',
  help: 'A private CA in this agent, for internal names. Its root is created on first use.',
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
      help: 'DNS domains it can issue for (name constraints). Default: no limit. Cannot be changed once the root exists.',
      kind: 'lines',
      advanced: true,
    },
    {
      name: 'is_default',
      label: 'Default authority',
      help: 'Use it when no other authority is named.',
      kind: 'boolean',
      default: false,
    },
  ],
};
