import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';
import { scriptFields, scriptShape, scriptsFromFlat, scriptsToFlat } from './scripts.ts';
import { servedAtField, servedAtFrom } from './served-at.ts';

const settings = z.object({
  type: z.literal('pem'),
  path: z.string().min(1),
  /** Where the private key is, when it is not in the same file. */
  keyPath: z.string().nullable(),
  /** `host:port` at which this certificate is served, so that success can be proved; null: on disk only. */
  servedAt: z.string().nullable(),
  ...scriptShape,
});
export type PemSettings = z.infer<typeof settings>;

export const pem = defineEndpoint({
  id: 'pem',
  label: 'PEM file',
  help: 'A PEM file that another program serves, with scripts to run after installing and for restarting.',
  examples: ['--name mail --path /etc/ssl/mail/fullchain.pem --key_path /etc/ssl/mail/key.pem'],
  fields: [
    nameField,
    {
      name: 'path',
      label: 'Path',
      help: 'Path to the certificate file. It must already exist.',
      kind: 'path',
      ownFile: whenHere,
      required: true,
      min: 1,
      max: 4096,
    },
    ...connectionFields(({ kind }) => kind === 'host'),
    ...scriptFields,
    {
      name: 'key_path',
      label: 'Private key path',
      help: 'Path to the private key, if it is not in the same file.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
      none: 'in the same file',
    },
    servedAtField,
    ...policyFields,
  ],
  settings,
  toFlat: ({ path, keyPath, servedAt, ...scripts }) => ({
    path,
    key_path: keyPath ?? undefined,
    served_at: servedAt ?? undefined,
    ...scriptsToFlat(scripts),
  }),
  fromFlat: (flat) => ({
    type: 'pem',
    path: text(flat, 'path') ?? '',
    keyPath: text(flat, 'key_path'),
    servedAt: servedAtFrom(flat),
    ...scriptsFromFlat(flat),
  }),
});
