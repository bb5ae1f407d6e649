import { z } from 'zod';
import { authorityCatalog } from '../catalog/authorities/index.ts';
import { type AddInput, addInputOf } from '../catalog/definition.ts';
import { inputAs } from '../catalog/field.ts';
import { type AuthorityKind, authority, authorityAccount, importedAccount } from '../model/authority.ts';
import { probeCheck } from '../model/probe-check.ts';
import { command, nameOrId, nothing } from './base.ts';

type AuthorityInput = AddInput<'kind', AuthorityKind, 'name'>;
/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const authorityInput = inputAs<AuthorityInput>(addInputOf('kind', authorityCatalog));

export const authorityTest = z.object({
  ok: z.boolean(),
  checks: z.array(probeCheck),
  /** Certificate profiles of the directory: name → description. */
  profiles: z.record(z.string(), z.string()),
});

const oneAuthority = z.object({ authority: nameOrId }).strict();

/** What is done with the account at the CA of an authority; each asks the CA. */
const account = {
  accountShow: command
    .meta({
      cli: 'authorities account show',
      help: 'Ask the CA of an ACME authority for the account and show it.',
      positional: 'authority',
    })
    .input(oneAuthority)
    .output(z.object({ account: authorityAccount.nullable() })),
  accountUpdate: command
    .meta({
      cli: 'authorities account update',
      help: 'Send the contact of an ACME authority to the CA.',
      positional: 'authority',
      mutates: true,
    })
    .input(oneAuthority)
    .output(authorityAccount),
  accountRollKey: command
    .meta({
      cli: 'authorities account roll-key',
      help: 'Give the account of an ACME authority a new key.',
      positional: 'authority',
      mutates: true,
    })
    .input(oneAuthority)
    .output(authorityAccount),
  /** For ever: ACME has no way back. */
  accountDeactivate: command
    .meta({
      cli: 'authorities account deactivate',
      help: 'Deactivate the account of an ACME authority at the CA. This cannot be undone.',
      positional: 'authority',
      mutates: true,
    })
    .input(
      z
        .object({
          authority: nameOrId,
          /** Of the account that is meant; without it nothing is deactivated, and the failure says what would be. */
          account: z.string().min(1).max(2048).optional(),
        })
        .strict(),
    )
    .output(authorityAccount),
  accountRegister: command
    .meta({
      cli: 'authorities account register',
      help: 'Register a new account, with a new key, for an ACME authority.',
      positional: 'authority',
      mutates: true,
    })
    .input(
      z
        .object({
          authority: nameOrId,
          /** Of the account that the new one replaces; without it nothing is registered while the CA accepts that one. */
          account: z.string().min(1).max(2048).optional(),
        })
        .strict(),
    )
    .output(authorityAccount),
  /** Reads files of the agent's machine, and writes none. */
  accountImport: command
    .meta({
      cli: 'authorities account import',
      help: 'Use the account that certbot, lego or acme.sh registered at the CA, in place of the present one.',
      positional: 'authority',
      mutates: true,
    })
    .input(z.object({ authority: nameOrId, path: z.string().min(1).max(4096) }).strict())
    .output(importedAccount),
};

export const authorities = {
  ...account,
  add: command
    .meta({
      cli: 'authorities add',
      help: 'Add an authority to order certificates from.',
      positional: 'kind',
      mutates: true,
      begins: true,
    })
    .input(authorityInput)
    .output(authority),
  list: command
    .meta({ cli: 'authorities list', help: 'List the authorities.' })
    .input(nothing)
    .output(z.array(authority)),
  show: command
    .meta({ cli: 'authorities show', help: 'Show one authority.', positional: 'authority' })
    .input(z.object({ authority: nameOrId }).strict())
    .output(authority),
  update: command
    .meta({
      cli: 'authorities update',
      help: 'Change an authority. Options that are not given stay the same.',
      positional: 'authority',
      mutates: true,
    })
    .input(z.object({ authority: nameOrId, changes: z.record(z.string(), z.unknown()) }).strict())
    .output(authority),
  /** Refused while endpoints or orders use it. */
  remove: command
    .meta({
      cli: 'authorities remove',
      help: 'Remove an authority that is not in use.',
      positional: 'authority',
      mutates: true,
    })
    .input(z.object({ authority: nameOrId }).strict())
    .output(nothing),
  test: command
    .meta({
      cli: 'authorities test',
      help: 'Check that an authority answers and has an account; nothing is ordered.',
      positional: 'authority',
    })
    .input(z.object({ authority: nameOrId }).strict())
    .output(authorityTest),
  /** Root certificate of a local authority, PEM; makes the root when there is none yet. */
  root: command
    .meta({
      cli: 'authorities root',
      help: 'Print the root certificate of a local authority.',
      positional: 'authority',
    })
    .input(z.object({ authority: nameOrId }).strict())
    .output(z.object({ pem: z.string(), fingerprint: z.string() })),
};
