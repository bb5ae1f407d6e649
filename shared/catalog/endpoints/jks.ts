import { z } from 'zod';
import { defineEndpoint } from './definition.ts';
import { keyStoreFields, keyStoreFromFlat, keyStoreShape, keyStoreToFlat } from './key-store.ts';

const settings = z.object({ type: z.literal('jks'), ...keyStoreShape });
export type JksSettings = z.infer<typeof settings>;

export const jks = defineEndpoint({
  id: 'jks',
  label: 'JKS key store',
  help: 'A Java key store (JKS, JCEKS, or PKCS#12 as newer versions of Java write it) that another program serves: its key entries are the nodes.',
  examples: ['--name billing --path /opt/billing/keystore.jks'],
  fields: keyStoreFields([]),
  settings,
  toFlat: keyStoreToFlat,
  fromFlat: (flat, secrets) => ({ type: 'jks', ...keyStoreFromFlat(flat, secrets) }),
});
