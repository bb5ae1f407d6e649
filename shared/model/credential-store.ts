import { z } from 'zod';
import type { StoreDefinition } from '../catalog/credential-stores/definition.ts';
import {
  credentialStoreCatalog,
  credentialStoreKind,
  credentialStoreSettings,
} from '../catalog/credential-stores/index.ts';
import { probeCheck } from './probe-check.ts';

export type CredentialStoreKind = z.infer<typeof credentialStoreKind>;
export const credentialStoreKinds = credentialStoreKind.options;

/** Without any secret. */
export type CredentialStoreSettings = z.infer<typeof credentialStoreSettings>;

/** The store that exists from the first start and cannot be removed. */
export const defaultStoreName = 'trustkeep-store';

/** What `verify` found, step by step: `resolve` `connect` `tls` `log-in` `read`. It stops at the first "no". */
export const storeReport = z.object({
  ok: z.boolean(),
  checks: z.array(probeCheck),
  at: z.number().int(),
});
export type StoreReport = z.infer<typeof storeReport>;

export const credentialStore = z.object({
  /** `cs_…` */
  id: z.string(),
  name: z.string().min(1).max(64),
  kind: credentialStoreKind,
  settings: credentialStoreSettings,
  /** What the last `verify` found; null: never asked. */
  report: storeReport.nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type CredentialStore = z.infer<typeof credentialStore>;

/** Who uses a store or a credential. */
export const storeUser = z.object({
  kind: z.enum(['endpoint']),
  id: z.string(),
  name: z.string(),
  credentialId: z.string(),
});
export type StoreUser = z.infer<typeof storeUser>;

/** A credential of a local store, without its secrets. They are sealed under `rowId`. */
export const credential = z.object({
  /** `cr_…` */
  rowId: z.string(),
  storeId: z.string(),
  /** The credential ID: names it within its store. */
  id: z.string().min(1).max(255),
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  /** Null: none. */
  privateKey: z
    .object({
      /** As OpenSSH names it: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`. */
      type: z.string(),
      /** `SHA256:…` of the public key, as OpenSSH prints it. */
      fingerprint: z.string(),
      hasPassphrase: z.boolean(),
    })
    .nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type Credential = z.infer<typeof credential>;

/** The definition that stored settings, or a kind, belong to. */
export function storeDefinition({
  kind,
}: {
  kind: CredentialStoreKind;
}): StoreDefinition<CredentialStoreKind, CredentialStoreSettings> {
  return credentialStoreCatalog[kind];
}

/** Whether a store keeps its credentials itself, on this machine; else a vault is asked for each. */
export function isKeptHere(store: { kind: CredentialStoreKind }): boolean {
  return storeDefinition(store).keeper === null;
}
