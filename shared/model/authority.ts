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

/** The definition that stored settings, or a kind, belong to. */
export function authorityDefinition({
  kind,
}: {
  kind: AuthorityKind;
}): AuthorityDefinition<AuthorityKind, AuthoritySettings> {
  return authorityCatalog[kind];
}
