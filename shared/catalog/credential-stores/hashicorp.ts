import { z } from 'zod';
import type { Flat } from '../field.ts';
import { checkAbsolute, text, yes } from '../flat.ts';
import { storeName, storeRoots, verifiesLogin } from './common.ts';
import { defineStore, httpUrl, overHttp, overHttpFlat, overHttpSettings } from './definition.ts';
import { type FieldNames, fieldNames, fieldNamesField, fieldNamesOf, flatFieldNames } from './field-names.ts';

/** How it logs in. The secrets themselves (token, SecretID) are sealed under the store's id. */
const auth = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Token') }),
  z.object({ type: z.literal('AppRoleSecret'), roleId: z.string().min(1), wrapped: z.boolean() }),
  z.object({
    type: z.literal('AppRoleFile'),
    roleId: z.string().min(1),
    /** On the machine of the agent, absolute. */
    secretFile: z.string().min(1),
    wrapped: z.boolean(),
  }),
]);
export type HashicorpAuth = z.infer<typeof auth>;

const settings = z.object({
  kind: z.literal('hashicorp'),
  vaultUrl: httpUrl,
  auth,
  /** Path that every credential ID is relative to; may begin with the mount. No slashes at its ends. */
  rootPath: z.string(),
  namespace: z.string().nullable(),
  /** Where AppRole is mounted, `approle` usually. */
  authMount: z.string().min(1),
  /** Not in settings from before it could be set. */
  fieldNames: fieldNames.optional(),
  ...overHttp,
});
export type HashicorpSettings = z.infer<typeof settings>;

const byRole = { field: 'authtype', is: ['AppRoleSecret', 'AppRoleFile'] };

export const hashicorp = defineStore({
  id: 'hashicorp',
  label: 'HashiCorp Vault or OpenBao',
  help: 'Credentials in the KV secrets engine (version 1 or 2) of HashiCorp Vault or OpenBao.',
  examples: [
    '--storename vault --vaulturl https://vault.example:8200 --rootpath secret --authtype Token --token-prompt',
  ],
  idHelp: 'Path relative to the root path of the store, for example web/shop-1.',
  idForm: 'path below the root path',
  keeper: 'a Vault',
  fields: [
    storeName,
    {
      name: 'vaulturl',
      label: 'Vault URL',
      help: 'Address of the Vault server, for example https://vault.example.org:8200.',
      kind: 'text',
      required: true,
      min: 8,
      max: 2048,
      address: true,
    },
    {
      name: 'authtype',
      label: 'Authentication type',
      help: 'How to log in: Token, AppRoleSecret or AppRoleFile.',
      hint: 'How Trustkeep logs in to the store.',
      kind: 'choice',
      choices: ['Token', 'AppRoleSecret', 'AppRoleFile'],
      default: 'Token',
    },
    {
      name: 'token',
      label: 'Token',
      help: 'The token for the authentication type Token.',
      kind: 'secret',
      max: 8192,
      when: { field: 'authtype', is: ['Token'] },
    },
    {
      name: 'roleid',
      label: 'Role ID',
      help: 'RoleID of the AppRole.',
      kind: 'text',
      max: 1024,
      when: byRole,
    },
    {
      name: 'secretid',
      label: 'Secret ID',
      help: 'SecretID of the AppRole, or the token it is wrapped in.',
      kind: 'secret',
      max: 8192,
      when: { field: 'authtype', is: ['AppRoleSecret'] },
    },
    {
      name: 'secretfile',
      label: 'Secret file',
      help: 'Path of a file on this machine that contains the SecretID. It is read again when it changes.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
      when: { field: 'authtype', is: ['AppRoleFile'] },
    },
    {
      name: 'appwrapped',
      label: 'SecretID is wrapped',
      help: 'Yes if the SecretID is given inside a wrapping token, which is valid for one use. Default: No.',
      kind: 'boolean',
      default: false,
      when: byRole,
    },
    {
      name: 'rootpath',
      label: 'Root path',
      help: 'Path that credential IDs are relative to, for example secret/servers. It may begin with the mount.',
      kind: 'text',
      required: true,
      min: 1,
      max: 1024,
    },
    {
      name: 'verify',
      label: 'Verify with',
      help: 'Path of a secret, relative to the root path, to read as proof that the store works.',
      kind: 'text',
      max: 1024,
      none: verifiesLogin,
    },
    {
      name: 'namespace',
      label: 'Namespace',
      help: 'Namespace of Vault Enterprise, HCP or OpenBao, for example team1/prod.',
      kind: 'text',
      max: 1024,
      advanced: true,
    },
    {
      name: 'authmount',
      label: 'Auth mount',
      help: 'Path at which the AppRole method is mounted, usually approle.',
      kind: 'text',
      max: 255,
      default: 'approle',
      when: byRole,
      advanced: true,
    },
    fieldNamesField,
    storeRoots,
  ],
  settings,
  toFlat: ({ vaultUrl, auth, authMount, rootPath, namespace, fieldNames: named, ...http }) => ({
    vaulturl: vaultUrl,
    ...flatAuth(auth, authMount),
    rootpath: rootPath,
    namespace: namespace ?? undefined,
    fields: flatFieldNames(named ?? {}),
    ...overHttpFlat(http),
  }),
  fromFlat: (flat) => ({
    kind: 'hashicorp',
    vaultUrl: text(flat, 'vaulturl') ?? '',
    auth: authOf(flat),
    rootPath: trimmedPath(text(flat, 'rootpath')) ?? '',
    namespace: trimmedPath(text(flat, 'namespace')),
    authMount: trimmedPath(text(flat, 'authmount')) ?? 'approle',
    ...namedOf(flat),
    ...overHttpSettings(flat),
  }),
  needs(flat) {
    const type = text(flat, 'authtype') ?? 'Token';
    return { whose: `The authentication type ${type}`, fields: neededBy[type] ?? [] };
  },
  kept: ({ auth: { type } }) => ({ Token: ['token'], AppRoleSecret: ['secretid'], AppRoleFile: [] })[type],
  place: ({ vaultUrl: address, rootPath: within, trustedRootsPem }) => ({ address, within, trustedRootsPem }),
  questions: [
    {
      field: 'token',
      ask({ authtype }, updating) {
        if (updating) return authtype === 'Token' ? 'Token (empty: keep the current one): ' : null;
        return authtype === undefined || authtype === 'Token' ? 'Token: ' : null;
      },
    },
    {
      field: 'secretid',
      ask({ authtype, appwrapped }, updating) {
        if (authtype !== 'AppRoleSecret') return null;
        if (updating) return 'SecretID (empty: keep the current one): ';
        return appwrapped === true ? 'Wrapping token with the SecretID: ' : 'SecretID: ';
      },
    },
  ],
});

function namedOf(flat: Flat): { fieldNames?: FieldNames } {
  const named = fieldNamesOf(flat);
  return Object.keys(named).length === 0 ? {} : { fieldNames: named };
}

const neededBy: Record<string, readonly string[]> = {
  Token: ['token'],
  AppRoleSecret: ['roleid', 'secretid'],
  AppRoleFile: ['roleid', 'secretfile'],
};

function flatAuth(auth: HashicorpAuth, authmount: string): Flat {
  switch (auth.type) {
    case 'Token':
      return { authtype: auth.type };
    case 'AppRoleSecret':
      return { authtype: auth.type, roleid: auth.roleId, appwrapped: auth.wrapped, authmount };
    case 'AppRoleFile':
      return {
        authtype: auth.type,
        roleid: auth.roleId,
        secretfile: auth.secretFile,
        appwrapped: auth.wrapped,
        authmount,
      };
    default:
      return auth satisfies never;
  }
}

function authOf(flat: Flat): HashicorpAuth {
  const roleId = text(flat, 'roleid') ?? '';
  const wrapped = yes(flat, 'appwrapped', false);
  switch (text(flat, 'authtype')) {
    case 'AppRoleSecret':
      return { type: 'AppRoleSecret', roleId, wrapped };
    case 'AppRoleFile': {
      const secretFile = text(flat, 'secretfile') ?? '';
      checkAbsolute('Secret file', secretFile);
      return { type: 'AppRoleFile', roleId, secretFile, wrapped };
    }
    default:
      return { type: 'Token' };
  }
}

/** Without slashes and spaces at its ends; null when nothing is left. */
function trimmedPath(path: string | null): string | null {
  return path?.replace(/^[\s/]+|[\s/]+$/g, '') || null;
}
