import { z } from 'zod';
import { storeName } from '../catalog/credential-stores/common.ts';
import { cyberark } from '../catalog/credential-stores/cyberark.ts';
import { delineaSecretServer } from '../catalog/credential-stores/delinea-secret-server.ts';
import { hashicorp } from '../catalog/credential-stores/hashicorp.ts';
import { local } from '../catalog/credential-stores/local.ts';
import type { Descriptor } from '../catalog/descriptor.ts';
import { fieldSchema, inputShape } from '../catalog/field.ts';
import { credentialStore, credentialStoreKind, storeReport, storeUser } from '../model/credential-store.ts';
import { command, nameOrId, nothing } from './base.ts';

function addInput<K extends string>(kind: K, descriptor: Descriptor) {
  return z.object({ kind: z.literal(kind), ...inputShape(descriptor.fields) }).strict();
}

/** Flat, named as the flags are; made from the catalog. Secrets come in here and never go out. */
export const credentialStoreInput = z.discriminatedUnion('kind', [
  addInput('local', local),
  addInput('hashicorp', hashicorp),
  addInput('cyberark', cyberark),
  addInput('delinea-secret-server', delineaSecretServer),
]);
export type CredentialStoreInput = { kind: z.infer<typeof credentialStoreKind>; storename: string } & Record<
  string,
  string | number | boolean | string[] | undefined
>;

/** A store with those who use it. */
export const credentialStoreRow = credentialStore.extend({
  usedBy: z.array(storeUser),
  /** Of a local store; null: the vault is not asked. */
  credentials: z.number().int().nullable(),
});
export type CredentialStoreRow = z.infer<typeof credentialStoreRow>;

const newName = fieldSchema({ ...storeName, label: 'New store name' }) as z.ZodType<string, string>;
const one = z.object({ storename: nameOrId }).strict();

export const credentialStores = {
  /** Verifies first: what cannot be reached or logged in to is refused and nothing is stored. */
  add: command
    .meta({ cli: 'credstore add', help: 'Add a credential store.', positional: 'kind', changes: true })
    .input(credentialStoreInput as unknown as z.ZodType<CredentialStoreInput, CredentialStoreInput>)
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
      changes: true,
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
      changes: true,
    })
    .input(one)
    .output(storeReport),
  /** Refused while endpoints use it, with their list, and always for the default store. */
  remove: command
    .meta({
      cli: 'credstore remove',
      help: 'Remove a credential store that is not in use.',
      positional: 'storename',
      changes: true,
    })
    .input(one)
    .output(nothing),
};
