import { z } from 'zod';
import type { FailureCode } from '../../failure-codes.ts';
import { lines, number, text } from '../flat.ts';
import { authorityName, isDefault } from './common.ts';
import { defineAuthority } from './definition.ts';

const settings = z.object({
  kind: z.literal('local'),
  /** Subject common name of the root, fixed once the root exists. */
  commonName: z.string().min(1).max(64),
  /** Lifetime of leaves, in days. */
  leafDays: z.number().int().min(1).max(825),
  /** Permitted DNS subtrees put into the root (RFC 5280 4.2.1.10); empty: no name constraints. */
  permittedNames: z.array(z.string()),
});
export type LocalSettings = z.infer<typeof settings>;

export const local = defineAuthority({
  id: 'local',
  label: 'Local authority',
  short: 'Local',
  help: 'A private CA in this agent, for internal names. Its root is created on first use.',
  ordering: 'A private CA in this agent, for internal names.',
  fields: [
    authorityName,
    {
      name: 'common_name',
      label: 'Common name',
      help: 'Common name of the root, 1 to 64 characters.',
      hint: 'Name of the root certificate.',
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
      none: 'no limit',
      advanced: true,
    },
    isDefault,
  ],
  settings,
  toFlat: ({ commonName, leafDays, permittedNames }) => ({
    common_name: commonName,
    leaf_days: leafDays,
    permitted_names: permittedNames,
  }),
  fromFlat: (flat) => ({
    kind: 'local',
    commonName: text(flat, 'common_name') ?? 'Trustkeep local root',
    leafDays: number(flat, 'leaf_days', 90),
    permittedNames: lines(flat, 'permitted_names'),
  }),
  place: ({ commonName }) => commonName,
  itsOwnTroubles: new Set<FailureCode>([
    'authority.root-expired',
    'authority.root-key-missing',
    'authority.root-key-wrong',
  ]),
  ownRoot: {
    fixes: ['common_name', 'permitted_names'],
    hint: 'Add another local authority with the names you want.',
  },
});
