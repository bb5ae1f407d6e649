import type { Descriptor } from '../descriptor.ts';

/** One credential of a local store, as forms and flags ask for it. */
export const credentialDescriptor: Descriptor = {
  id: 'credential',
  label: 'Credential',
  help: 'A user name with a password, or with a private key.',
  fields: [
    {
      name: 'id',
      label: 'Credential ID',
      help: 'Names the credential within its store: 1 to 255 characters, no slashes, no space at either end.',
      hint: 'Names the credential within its store. No slashes, no space at either end.',
      kind: 'text',
      required: true,
      min: 1,
      max: 255,
    },
    {
      name: 'username',
      label: 'User name',
      help: 'User name to log in with.',
      kind: 'text',
      min: 1,
      max: 255,
    },
    { name: 'password', label: 'Password', help: 'Password to log in with.', kind: 'secret', max: 4096 },
    {
      name: 'privatekeypath',
      label: 'Private key path',
      help: 'Path of a private key on this machine. It is read once, checked and stored encrypted.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
    },
    {
      name: 'passphrase',
      label: 'Passphrase',
      help: 'Passphrase of the private key.',
      kind: 'secret',
      max: 4096,
    },
  ],
};
