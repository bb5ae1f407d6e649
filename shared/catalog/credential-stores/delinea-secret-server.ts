import type { Descriptor } from '../descriptor.ts';
import { storeName, storeRoots } from './common.ts';

export const delineaSecretServer: Descriptor = {
  id: 'delinea-secret-server',
  label: 'Delinea Secret Server',
  help: 'Credentials in a Delinea (Thycotic) Secret Server, on premises or in the cloud.',
  fields: [
    storeName,
    {
      name: 'url',
      label: 'URL',
      help: 'Address of the Secret Server, for example https://host/SecretServer or https://tenant.secretservercloud.com.',
      kind: 'text',
      required: true,
      min: 8,
      max: 2048,
    },
    {
      name: 'username',
      label: 'User name',
      help: 'Account the agent logs in with; an application account is best.',
      kind: 'text',
      required: true,
      min: 1,
      max: 255,
    },
    {
      name: 'password',
      label: 'Password',
      help: 'Password of that account.',
      kind: 'secret',
      max: 4096,
    },
    {
      name: 'verify',
      label: 'Verify with',
      help: 'ID of a secret to read as proof that the store works.',
      kind: 'text',
      max: 255,
    },
    {
      name: 'domain',
      label: 'Domain',
      help: 'Active Directory domain of the account.',
      kind: 'text',
      max: 255,
      advanced: true,
    },
    {
      name: 'comment',
      label: 'Comment',
      help: 'Sent when a secret requires a comment before it is shown.',
      kind: 'text',
      max: 1024,
      advanced: true,
    },
    storeRoots,
  ],
};
