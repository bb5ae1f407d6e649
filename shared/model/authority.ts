import { z } from 'zod';

export const authorityKinds = ['local', 'acme'] as const;
export const authorityKind = z.enum(authorityKinds);
export type AuthorityKind = z.infer<typeof authorityKind>;

/** How control of a name is proved to an ACME CA. */
export const validationSettings = z.discriminatedUnion('method', [
  /** The agent answers on `port` of its own machine, during validation only. */
  z.object({
    method: z.literal('http-01-agent'),
    address: z.string(),
    port: z.number().int().min(1).max(65535),
  }),
  /** A file is written below the node's web root (or `webRoot`) over the endpoint's connection. */
  z.object({ method: z.literal('http-01-web-root'), webRoot: z.string().nullable() }),
  /**
   * User scripts, run by absolute path with the arguments: fully qualified record name, TXT value.
   * After `add` the agent waits `propagationSeconds`; each run is ended after `timeoutSeconds`.
   */
  z.object({
    method: z.literal('dns-01-script'),
    addScript: z.string().min(1),
    removeScript: z.string().min(1),
    timeoutSeconds: z.number().int().min(1).max(3600),
    propagationSeconds: z.number().int().min(0).max(3600),
  }),
]);
export type ValidationSettings = z.infer<typeof validationSettings>;

export const authoritySettings = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('local'),
    /** Subject common name of the root, fixed once the root exists. */
    commonName: z.string().min(1).max(64),
    /** Lifetime of leaves, in days. */
    leafDays: z.number().int().min(1).max(825),
    /** Permitted DNS subtrees put into the root (RFC 5280 4.2.1.10); empty: no name constraints. */
    permittedNames: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('acme'),
    directoryUrl: z.url({ protocol: /^https$/ }),
    contact: z.array(z.string()),
    /** Key id of the external account binding; its HMAC key is sealed apart. */
    eabKeyId: z.string().nullable(),
    /** Certificates (PEM) trusted for the CA's own TLS, beside the system's. */
    trustedRootsPem: z.string().nullable(),
    /** Certificate profile to ask for (draft-ietf-acme-profiles), as the directory names it. */
    profile: z.string().nullable(),
    termsAgreed: z.boolean(),
    validation: validationSettings,
  }),
]);
export type AuthoritySettings = z.infer<typeof authoritySettings>;
export type AcmeSettings = Extract<AuthoritySettings, { kind: 'acme' }>;
export type LocalSettings = Extract<AuthoritySettings, { kind: 'local' }>;

export const authority = z.object({
  /** `ca_…` */
  id: z.string(),
  name: z.string().min(1).max(32),
  kind: authorityKind,
  isDefault: z.boolean(),
  settings: authoritySettings,
  createdAt: z.number().int(),
});
export type Authority = z.infer<typeof authority>;
