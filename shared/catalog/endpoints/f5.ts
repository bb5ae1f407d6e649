import { z } from 'zod';
import { connectionFields } from '../connections/fields.ts';
import { text, yes } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';

/** How it is shown that a new certificate is in use. */
const proofs = ['handshake', 'object'] as const;

const settings = z.object({
  type: z.literal('f5'),
  proveBy: z.enum(proofs),
  /** The other units of its device group are given what was installed. */
  syncGroup: z.boolean(),
});
export type F5Settings = z.infer<typeof settings>;

export const f5 = defineEndpoint({
  id: 'f5',
  label: 'F5 BIG-IP',
  help: 'A BIG-IP 15.1, 16.1 or 17.1: the certificates of its client-SSL and server-SSL profiles are the nodes.',
  examples: ['--name bigip1 --host bigip1.example --user admin'],
  fields: [
    nameField,
    ...connectionFields(({ kind }) => kind === 'requests'),
    {
      name: 'prove_by',
      label: 'Proof',
      help: 'How success is proved: handshake (with each virtual server that answers this machine, otherwise by the certificate object), or object. Default: handshake.',
      hint: 'How success is proved. A virtual server that does not answer this machine is proved by the certificate object in either case.',
      kind: 'choice',
      choices: proofs,
      labels: {
        handshake: 'A TLS handshake with each virtual server',
        object: 'The certificate object on the BIG-IP',
      },
      default: 'handshake',
      advanced: true,
    },
    {
      name: 'sync_group',
      label: 'Synchronize the device group',
      help: 'Synchronize the device group after an install, where it was in sync before. Default: on.',
      hint: 'After an install, where the group was in sync before.',
      kind: 'boolean',
      default: true,
      advanced: true,
    },
    // what is installed is in use with the request that installs it
    ...policyFields.filter(({ name }) => name !== 'restarts'),
  ],
  settings,
  toFlat: ({ proveBy, syncGroup }) => ({ prove_by: proveBy, sync_group: syncGroup }),
  fromFlat: (flat) => ({
    type: 'f5',
    proveBy: proofs.find((one) => one === text(flat, 'prove_by')) ?? 'handshake',
    syncGroup: yes(flat, 'sync_group', true),
  }),
});
