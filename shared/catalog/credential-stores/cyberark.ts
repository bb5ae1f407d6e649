import { z } from 'zod';
import { fieldFacts } from '../definition.ts';
import type { Field, Flat } from '../field.ts';
import { invalid, text } from '../flat.ts';
import { storeName, storeRoots, verifiesLogin } from './common.ts';
import { defineStore, httpUrl, overHttp, overHttpFlat, overHttpSettings } from './definition.ts';

const settings = z.object({
  kind: z.literal('cyberark'),
  ccpUrl: httpUrl,
  appId: z.string().min(1),
  /** A client certificate is sealed and sent; else the machine's address must be enough. */
  hasCertificate: z.boolean(),
  /** Audit text of each read, where the vault's policy demands one. */
  reason: z.string().nullable(),
  ...overHttp,
});
export type CyberarkSettings = z.infer<typeof settings>;

const fields: readonly Field[] = [
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
    address: true,
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
    with: 'authcert',
  },
  {
    name: 'verify',
    label: 'Verify with',
    help: 'Query of a credential (param=value;param=value) to read as proof that the store works.',
    kind: 'text',
    max: 2048,
    none: verifiesLogin,
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
];

export const cyberark = defineStore({
  id: 'cyberark',
  label: 'CyberArk',
  help: 'Credentials read through a CyberArk Central Credential Provider.',
  idHelp: 'Query as param=value;param=value, for example Safe=Linux;Object=shop-1-root.',
  idForm: 'param=value;param=value',
  keeper: 'CyberArk',
  fields,
  settings,
  toFlat,
  fromFlat(flat, has) {
    if (flat.certpass !== undefined && flat.authcert === undefined) {
      throw invalid(
        'A certificate password was given without an authentication certificate.',
        'Add --authcert.',
      );
    }
    return {
      kind: 'cyberark',
      ccpUrl: text(flat, 'ccpurl') ?? '',
      appId: text(flat, 'appid') ?? '',
      hasCertificate: has('authcert'),
      reason: text(flat, 'reason'),
      ...overHttpSettings(flat),
    };
  },
  kept: ({ hasCertificate }) => (hasCertificate ? ['authcert'] : []),
  place: ({ ccpUrl: address, trustedRootsPem }) => ({ address, within: null, trustedRootsPem }),
  questions: [
    {
      field: 'certpass',
      ask: ({ authcert }) =>
        typeof authcert === 'string' ? `Password of ${authcert} (empty: none): ` : null,
    },
  ],
  facts: (settings) => [
    ...fieldFacts(fields, toFlat(settings)),
    {
      label: 'Authentication',
      value: settings.hasCertificate ? 'client certificate, stored encrypted' : 'address of this machine',
      none: null,
      kind: 'words',
    },
  ],
});

function toFlat({ appId, ccpUrl: url, reason, ...http }: CyberarkSettings): Flat {
  return { appid: appId, ccpurl: url, reason: reason ?? undefined, ...overHttpFlat(http) };
}
