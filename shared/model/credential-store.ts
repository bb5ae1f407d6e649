import { z } from 'zod';
import { probeCheck } from './endpoint.ts';

export const credentialStoreKinds = ['local', 'hashicorp', 'cyberark', 'delinea-secret-server'] as const;
export const credentialStoreKind = z.enum(credentialStoreKinds);
export type CredentialStoreKind = z.infer<typeof credentialStoreKind>;

/** The store that exists from the first start and cannot be removed. */
export const defaultStoreName = 'trustkeep-store';

/** How a hashicorp store logs in. The secrets themselves (token, SecretID) are sealed under the store's id. */
export const hashicorpAuth = z.discriminatedUnion('type', [
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
export type HashicorpAuth = z.infer<typeof hashicorpAuth>;

const httpUrl = z.url({ protocol: /^https?$/ });
/** What every store over HTTP has. */
const overHttp = {
  /** Certificates (PEM) trusted for this server beside the machine's own. */
  trustedRootsPem: z.string().nullable(),
  /** Credential id that `verify` reads; null: `verify` ends with the login. */
  verify: z.string().nullable(),
};

/** Without any secret. */
export const credentialStoreSettings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  z.object({
    kind: z.literal('hashicorp'),
    vaultUrl: httpUrl,
    auth: hashicorpAuth,
    /** Path that every credential id is relative to; may begin with the mount. No slashes at its ends. */
    rootPath: z.string(),
    namespace: z.string().nullable(),
    /** Where AppRole is mounted, `approle` usually. */
    authMount: z.string().min(1),
    ...overHttp,
  }),
  z.object({
    kind: z.literal('cyberark'),
    ccpUrl: httpUrl,
    appId: z.string().min(1),
    /** A client certificate is sealed and sent; else the machine's address must be enough. */
    hasCertificate: z.boolean(),
    /** Audit text of each read, where the vault's policy demands one. */
    reason: z.string().nullable(),
    ...overHttp,
  }),
  z.object({
    kind: z.literal('delinea-secret-server'),
    url: httpUrl,
    username: z.string().min(1),
    domain: z.string().nullable(),
    /** Said when a secret wants a comment or a check-out. */
    comment: z.string().nullable(),
    ...overHttp,
  }),
]);
export type CredentialStoreSettings = z.infer<typeof credentialStoreSettings>;
export type HashicorpSettings = Extract<CredentialStoreSettings, { kind: 'hashicorp' }>;
export type CyberarkSettings = Extract<CredentialStoreSettings, { kind: 'cyberark' }>;
export type DelineaSettings = Extract<CredentialStoreSettings, { kind: 'delinea-secret-server' }>;

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
  /** The credential id: names it within its store. */
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

/** Where an external store is reached; null: nowhere, it is kept here. */
export function storeAddress(settings: CredentialStoreSettings): string | null {
  switch (settings.kind) {
    case 'local':
      return null;
    case 'hashicorp':
      return settings.vaultUrl;
    case 'cyberark':
      return settings.ccpUrl;
    case 'delinea-secret-server':
      return settings.url;
    default:
      return settings satisfies never;
  }
}
