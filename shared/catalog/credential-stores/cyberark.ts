import type { Descriptor } from '../descriptor.ts';
import { storeName, storeRoots } from './common.ts';

export const cyberark: Descriptor = {
  id: 'cyberark',
  label: 'CyberArk',
  help: 'Credentials read through a CyberArk Central Credential Provider.',
  fields: [
    storeName,
    {
      name: 'appid',
      label: 'Application ID',
      help: 'Application ID of this agent at the Central Credential Provider.',
      kind: 'text',
      required: true,
      min: 1,
      max: 255,
    },
    {
      name: 'ccpurl',
      label: 'CCP URL',
      help: 'Address of the Central Credential Provider, for example https://ccp.example.org.',
      kind: 'text',
      required: true,
      min: 8,
      max: 2048,
    },
    {
      name: 'authcert',
      label: 'Authentication certificate',
      help: 'Path of the client certificate with its key (PFX, P12 or PEM) on this machine. It is read once and stored encrypted. Default: none; this machine is identified by its address.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
    },
    {
      name: 'certpass',
      label: 'Certificate password',
      help: 'Password of the authentication certificate.',
      kind: 'secret',
      max: 4096,
    },
    {
      name: 'verify',
      label: 'Verify with',
      help: 'Query of a credential (param=value;param=value) to read as proof that the store works.',
      kind: 'text',
      max: 2048,
    },
    {
      name: 'reason',
      label: 'Reason',
      help: 'Text for the audit log of the vault, where its policy requires one.',
      kind: 'text',
      max: 1024,
      advanced: true,
    },
    storeRoots,
  ],
};
