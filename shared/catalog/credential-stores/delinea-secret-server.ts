import { z } from 'zod';
import { text } from '../flat.ts';
import { storeName, storeRoots, verifiesLogin } from './common.ts';
import { defineStore, httpUrl, overHttp, overHttpFlat, overHttpSettings } from './definition.ts';

const settings = z.object({
  kind: z.literal('delinea-secret-server'),
  url: httpUrl,
  username: z.string().min(1),
  domain: z.string().nullable(),
  /** Said when a secret wants a comment or a check-out. */
  comment: z.string().nullable(),
  ...overHttp,
});
export type DelineaSettings = z.infer<typeof settings>;

export const delineaSecretServer = defineStore({
  id: 'delinea-secret-server',
  label: 'Delinea Secret Server',
  help: 'Credentials in a Delinea (Thycotic) Secret Server, on premises or in the cloud.',
  idHelp: 'Number of the secret, as in its address, for example 1234.',
  idForm: 'secret ID',
  keeper: 'a Secret Server',
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
      address: true,
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
      none: verifiesLogin,
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
  settings,
  toFlat: ({ url, username, domain, comment, ...http }) => ({
    url,
    username,
    domain: domain ?? undefined,
    comment: comment ?? undefined,
    ...overHttpFlat(http),
  }),
  fromFlat: (flat) => ({
    kind: 'delinea-secret-server',
    url: text(flat, 'url') ?? '',
    username: text(flat, 'username') ?? '',
    domain: text(flat, 'domain'),
    comment: text(flat, 'comment'),
    ...overHttpSettings(flat),
  }),
  needs: () => ({ whose: 'A Delinea Secret Server store', fields: ['password'] }),
  kept: () => ['password'],
  place: ({ url: address, trustedRootsPem }) => ({ address, within: null, trustedRootsPem }),
  questions: [
    {
      field: 'password',
      ask: ({ username }, updating) => (updating ? null : `Password of ${username}: `),
    },
  ],
});
