import { z } from 'zod';
import type { AuthorityDefinition } from '../catalog/authorities/definition.ts';
import { authorityCatalog, authorityKind, authoritySettings } from '../catalog/authorities/index.ts';

export type AuthorityKind = z.infer<typeof authorityKind>;
export const authorityKinds = authorityKind.options;

/** Without any secret. */
export type AuthoritySettings = z.infer<typeof authoritySettings>;

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

/** The account at a CA, as the CA shows it now. */
export const authorityAccount = z.object({
  url: z.string(),
  /** `valid`, `deactivated`, `revoked`; null when the CA does not say. */
  status: z.string().nullable(),
  /** Null when the CA does not show it. */
  contact: z.array(z.string()).nullable(),
  /** Thumbprint of the account key (RFC 7638). */
  thumbprint: z.string(),
  /** Key ID of the external account binding that it was registered with. */
  eabKeyId: z.string().nullable(),
});
export type AuthorityAccount = z.infer<typeof authorityAccount>;

export const importedAccount = z.object({
  account: authorityAccount,
  /** The program whose files it was read from. */
  client: z.string(),
  /** Absolute path of the file that its key was read from. */
  keyFile: z.string(),
});
export type ImportedAccount = z.infer<typeof importedAccount>;

/** The definition that stored settings, or a kind, belong to. */
export function authorityDefinition({
  kind,
}: {
  kind: AuthorityKind;
}): AuthorityDefinition<AuthorityKind, AuthoritySettings> {
  return authorityCatalog[kind];
}
