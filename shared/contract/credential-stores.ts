import { z } from 'zod';
import { storeName } from '../catalog/credential-stores/common.ts';
import { credentialStoreCatalog, credentialStoreKind } from '../catalog/credential-stores/index.ts';
import { type AddInput, addInputOf } from '../catalog/definition.ts';
import { inputAs, textSchema } from '../catalog/field.ts';
import {
  type CredentialStoreKind,
  credentialStore,
  storeReport,
  storeUser,
} from '../model/credential-store.ts';
import { command, nameOrId, nothing } from './base.ts';

type CredentialStoreInput = AddInput<'kind', CredentialStoreKind, 'storename'>;
/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const credentialStoreInput = inputAs<CredentialStoreInput>(addInputOf('kind', credentialStoreCatalog));

/** A store with those who use it. */
const credentialStoreRow = credentialStore.extend({
  usedBy: z.array(storeUser),
  /** Of a local store; null: the vault is not asked. */
  credentials: z.number().int().nullable(),
});
export type CredentialStoreRow = z.infer<typeof credentialStoreRow>;

const newName = textSchema({ ...storeName, label: 'New store name' });
const one = z.object({ storename: nameOrId }).strict();

export const credentialStores = {
  /** Verifies first: what cannot be reached or logged in to is refused and nothing is stored. */
  add: command
    .meta({
      cli: 'credstore add',
      help: 'Add a credential store.',
      positional: 'kind',
      mutates: true,
      begins: true,
    })
    .input(credentialStoreInput)
    .output(credentialStoreRow),
  list: command
    .meta({ cli: 'credstore list', help: 'List the credential stores.' })
    .input(nothing)
    .output(z.array(credentialStoreRow)),
  show: command
    .meta({ cli: 'credstore show', help: 'Show one credential store.', positional: 'storename' })
    .input(one)
    .output(credentialStoreRow),
  /** Keeps what is not named. Another `authtype` asks only for what it lacks. `kind` must be the store's own. */
  update: command
    .meta({
      cli: 'credstore update',
      help: 'Change a credential store. Options that are not given stay the same.',
      positional: 'kind',
      alsoPositional: 'storename',
      mutates: true,
    })
    .input(
      z
        .object({
          kind: credentialStoreKind.optional(),
          storename: nameOrId,
          new_storename: newName.optional(),
          changes: z.record(z.string(), z.unknown()),
        })
        .strict(),
    )
    .output(credentialStoreRow),
  /** Resolve, connect, TLS, log in, read: says which step failed. Keeps the report. */
  verify: command
    .meta({
      cli: 'credstore verify',
      help: 'Check step by step that a credential store works.',
      positional: 'storename',
      mutates: true,
    })
    .input(one)
    .output(storeReport),
  /** Refused while endpoints use it, with their list, and always for the default store. */
  remove: command
    .meta({
      cli: 'credstore remove',
      help: 'Remove a credential store that is not in use.',
      positional: 'storename',
      mutates: true,
    })
    .input(one)
    .output(nothing),
};
