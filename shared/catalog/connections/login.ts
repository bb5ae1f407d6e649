import type { Field } from '../field.ts';

/** How an endpoint may be logged in to. */
export const loginWays = ['password', 'private-key', 'credential-store'] as const;
export type LoginWay = (typeof loginWays)[number];

/** What is sealed of a login that is an endpoint's own. */
export type LoginSecret = 'password' | 'privateKey' | 'passphrase';

/** One question about the login. */
interface LoginField {
  field: Field;
  /** The way of logging in that it belongs to. */
  way: LoginWay;
  /** That way cannot do without it. */
  needed: boolean;
  /** Null: nothing is sealed of it. */
  seals: LoginSecret | null;
}

export const loginFields: readonly LoginField[] = [
  {
    field: {
      name: 'password',
      label: 'Password',
      help: 'Password to log in with.',
      kind: 'secret',
      max: 4096,
    },
    way: 'password',
    needed: true,
    seals: 'password',
  },
  {
    field: {
      name: 'ssh_key_path',
      label: 'SSH key path',
      help: 'Path to the SSH private key on this machine. It is read once and stored encrypted.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
    },
    way: 'private-key',
    needed: true,
    seals: 'privateKey',
  },
  {
    field: {
      name: 'ssh_key_password',
      label: 'SSH key password',
      help: 'Passphrase of the SSH private key.',
      kind: 'secret',
      max: 4096,
    },
    way: 'private-key',
    needed: false,
    seals: 'passphrase',
  },
  {
    field: {
      name: 'store',
      label: 'Credential store',
      help: 'Name of the credential store to read the login from.',
      kind: 'text',
      min: 1,
      max: 64,
      advanced: true,
    },
    way: 'credential-store',
    needed: true,
    seals: null,
  },
  {
    field: {
      name: 'store_cred_id',
      label: 'Credential ID',
      help: 'ID of the credential within its store.',
      kind: 'text',
      min: 1,
      max: 4096,
      advanced: true,
    },
    way: 'credential-store',
    needed: true,
    seals: null,
  },
];

/** The fields of some ways of logging in. */
export function fieldsToLogIn(ways: readonly LoginWay[]): Field[] {
  return loginFields.filter(({ way }) => ways.includes(way)).map(({ field }) => field);
}
