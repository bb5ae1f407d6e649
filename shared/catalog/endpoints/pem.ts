import { connectionFields, whenHere } from '../connections/fields.ts';
import type { Descriptor } from '../descriptor.ts';
import { nameField, policyFields } from './common.ts';

export const pem: Descriptor = {
  id: 'pem',
  label: 'PEM file',
  help: 'A PEM file that another program serves, with scripts to run after installing and for restarting.',
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
    {
      name: 'install_script',
      label: 'Install script',
      help: 'Path to a script on the endpoint, run after installing, with the alias as its argument.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
    },
    {
      name: 'restart_script',
      label: 'Restart script',
      help: 'Path to a script on the endpoint that makes its program serve the new certificate.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
    },
    {
      name: 'key_path',
      label: 'Private key path',
      help: 'Path to the private key, if it is not in the same file.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
    },
    {
      name: 'served_at',
      label: 'Served at',
      help: 'host:port that serves the certificate, to prove success. Default: none; only the files on disk are checked.',
      kind: 'text',
      min: 3,
      max: 300,
      advanced: true,
    },
    ...policyFields,
  ],
};
