import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import type { Field, Flat } from '../field.ts';
import { text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { scriptFields, scriptShape, scriptsFromFlat, scriptsToFlat } from './scripts.ts';
import { neededSource, type SecretSources, secretFields, secretSource } from './secrets.ts';
import { servedAtField, servedAtFrom } from './served-at.ts';

/** Of every endpoint that is a key store in a file, whatever its format. */
export const keyStoreShape = {
  path: z.string().min(1),
  /** The one entry that is managed; null: every key entry is a node. */
  alias: z.string().nullable(),
  /** By the names of their fields. */
  secrets: z.object({
    store_password: secretSource,
    /** Null: keys have the password of the store. */
    key_password: secretSource.nullable(),
  }),
  /** `host:port` at which this certificate is served, so that success can be proved; null: on disk only. */
  servedAt: z.string().nullable(),
  ...scriptShape,
};
const keyStoreSettings = z.object(keyStoreShape);
export type KeyStoreSettings = z.infer<typeof keyStoreSettings>;

/** The fields of such an endpoint, with those of its format. */
export function keyStoreFields(ofFormat: readonly Field[]): Field[] {
  return [
    nameField,
    {
      name: 'path',
      label: 'Path',
      help: 'Path to the key store. It must already exist.',
      kind: 'path',
      ownFile: whenHere,
      required: true,
      min: 1,
      max: 4096,
    },
    ...secretFields(
      { name: 'store_password', label: 'Store password', help: 'Password of the key store.' },
      true,
    ),
    ...connectionFields(({ kind }) => kind === 'host'),
    ...scriptFields,
    ...ofFormat,
    {
      name: 'alias',
      label: 'Alias',
      help: 'Alias of the key entry to manage. Default: every key entry is a node; one without any gets its first entry.',
      hint: 'The key entry to manage. Default: every key entry is a node.',
      kind: 'text',
      min: 1,
      max: 255,
      advanced: true,
      none: 'every key entry',
    },
    ...secretFields(
      {
        name: 'key_password',
        label: 'Key password',
        help: 'Password of the private keys in the key store, if it is not that of the store.',
        advanced: true,
        none: 'same as the store password',
      },
      false,
    ),
    servedAtField,
    ...policyFields,
  ];
}

export function keyStoreToFlat({ path, alias, servedAt, ...scripts }: KeyStoreSettings): Flat {
  return {
    path,
    alias: alias ?? undefined,
    served_at: servedAt ?? undefined,
    ...scriptsToFlat(scripts),
  };
}

export function keyStoreFromFlat(flat: Flat, secrets: SecretSources): KeyStoreSettings {
  return {
    path: text(flat, 'path') ?? '',
    alias: text(flat, 'alias'),
    secrets: {
      store_password: neededSource(secrets, 'store_password'),
      key_password: secrets.key_password ?? null,
    },
    servedAt: servedAtFrom(flat),
    ...scriptsFromFlat(flat),
  };
}
