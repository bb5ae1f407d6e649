import { z } from 'zod';
import { defineEndpoint } from './definition.ts';
import { keyStoreFields, keyStoreFromFlat, keyStoreShape, keyStoreToFlat } from './key-store.ts';

const settings = z.object({
  type: z.literal('p12'),
  ...keyStoreShape,
  /** How new entries are encrypted: true as old readers need it, false as is usual now; null: as the key store is. */
  isLegacy: z.boolean().nullable(),
});
export type P12Settings = z.infer<typeof settings>;

export const p12 = defineEndpoint({
  id: 'p12',
  label: 'P12 key store',
  help: 'A PKCS#12 key store (.p12, .pfx) that another program serves: its key entries are the nodes.',
  examples: ['--name shop --path /etc/shop/keystore.p12'],
  fields: keyStoreFields([
    {
      name: 'is_legacy',
      label: 'Encryption',
      help: 'Encryption of what is written: true for readers before Java 8u301 and 11.0.12 and Windows Server 2016 (3DES, SHA-1), false for all others (PBES2 with AES-256, SHA-256). Default: as the key store is encrypted now.',
      hint: 'Default: as the key store is encrypted now. Java before 8u301 and 11.0.12 and Windows Server 2016 need the legacy one.',
      kind: 'choice',
      choices: ['false', 'true'],
      labels: { false: 'Modern (AES-256, SHA-256)', true: 'Legacy (3DES, SHA-1)' },
      advanced: true,
      none: 'as the key store is now',
    },
  ]),
  settings,
  toFlat: ({ isLegacy, ...one }) => ({
    ...keyStoreToFlat(one),
    is_legacy: isLegacy === null ? undefined : String(isLegacy),
  }),
  fromFlat: (flat, secrets) => ({
    type: 'p12',
    ...keyStoreFromFlat(flat, secrets),
    isLegacy: flat.is_legacy === undefined ? null : flat.is_legacy === 'true',
  }),
});
