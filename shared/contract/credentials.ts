import { z } from 'zod';
import { credentialDescriptor } from '../catalog/credential-stores/credential.ts';
import { inputAs, inputShape } from '../catalog/field.ts';
import { credential, storeUser } from '../model/credential-store.ts';
import { command, nameOrId, nothing } from './base.ts';

/** A credential of a local store with those who use it. */
const credentialRow = credential.extend({ usedBy: z.array(storeUser) });
export type CredentialRow = z.infer<typeof credentialRow>;

/** One credential of any store, masked; an external store is asked at this moment. */
const credentialView = z.object({
  store: z.string(),
  id: z.string(),
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  hasPrivateKey: z.boolean(),
  hasPassphrase: z.boolean(),
  /** `ssh-ed25519 SHA256:…`, when there is a key and it can be read. */
  keySentence: z.string().nullable(),
  /** What the vault said of it: `version 3 of 2026-11-01`, `a password change is in process`. No secret. */
  about: z.array(z.string()),
  usedBy: z.array(storeUser),
});
export type CredentialView = z.infer<typeof credentialView>;

/** Flat, named as the flags are. Secrets come in here and never go out. */
export const credentialInput = z
  .object({ storename: nameOrId, ...inputShape(credentialDescriptor.fields) })
  .strict();
type CredentialInput = { storename: string; id: string } & Record<string, string | undefined>;
const one = z.object({ storename: nameOrId, id: z.string().min(1).max(4096) }).strict();

export const credentials = {
  add: command
    .meta({
      cli: 'credstore credentials add',
      help: 'Add a credential to a local store.',
      positional: 'storename',
      alsoPositional: 'id',
      mutates: true,
      begins: true,
    })
    .input(inputAs<CredentialInput>(credentialInput))
    .output(credentialRow),
  /** By id. Opens no secret. Only local stores list; a vault is asked for one id at a time. */
  list: command
    .meta({
      cli: 'credstore credentials list',
      help: 'List the credentials of a local store.',
      positional: 'storename',
    })
    .input(
      z
        .object({
          storename: nameOrId,
          limit: z.number().int().min(1).max(1000).optional(),
          /** Only ids behind this one: the last id of the page before. */
          after: z.string().optional(),
          /** Only ids that contain this text. */
          search: z.string().max(255).optional(),
        })
        .strict(),
    )
    .output(z.object({ items: z.array(credentialRow), total: z.number().int(), more: z.boolean() })),
  get: command
    .meta({
      cli: 'credstore credentials get',
      help: 'Read a credential now and show it; its secrets are masked.',
      positional: 'storename',
      alsoPositional: 'id',
    })
    .input(one)
    .output(credentialView),
  /** At the command line only; leaves an audit row. Never given to a window. */
  reveal: command
    .meta({
      cli: 'credstore credentials reveal',
      help: 'Print the secrets of one credential. This is recorded in the audit log.',
      positional: 'storename',
      alsoPositional: 'id',
      mutates: true,
    })
    .input(one)
    .output(
      z.object({
        username: z.string().nullable(),
        password: z.string().nullable().meta({ revealed: true }),
        privateKey: z.string().nullable().meta({ revealed: true }),
        passphrase: z.string().nullable().meta({ revealed: true }),
      }),
    ),
  /** Keeps what is not named; `null` clears. */
  update: command
    .meta({
      cli: 'credstore credentials update',
      help: 'Change a credential of a local store. Options that are not given stay the same.',
      positional: 'storename',
      alsoPositional: 'id',
      mutates: true,
    })
    .input(
      z
        .object({
          storename: nameOrId,
          id: z.string().min(1).max(255),
          changes: z.record(z.string(), z.unknown()),
        })
        .strict(),
    )
    .output(credentialRow),
  /** Refused while endpoints use it, with their list. */
  remove: command
    .meta({
      cli: 'credstore credentials remove',
      help: 'Remove a credential that is not in use from a local store.',
      positional: 'storename',
      alsoPositional: 'id',
      mutates: true,
    })
    .input(one)
    .output(nothing),
};
