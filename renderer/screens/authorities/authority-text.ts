import { flatAuthority } from '#shared/catalog/authorities/flat.ts';
import type { Authority } from '#shared/model/authority.ts';
import { en } from '../../text/en.ts';

/** What tells this authority from others of its kind. */
export function authorityPlace(authority: Authority): string {
  const { settings } = authority;
  return settings.kind === 'acme' ? settings.directoryUrl : settings.commonName;
}

/** What the form of an authority starts with, by the names of its catalog fields. */
export function authorityValues(authority: Authority): Record<string, unknown> {
  return { name: authority.name, is_default: authority.isDefault, ...flatAuthority(authority.settings) };
}

export function validationText(authority: Authority): string | null {
  return authority.settings.kind === 'acme' ? en.choices[authority.settings.validation.method] : null;
}
