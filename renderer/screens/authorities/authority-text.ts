import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { en } from '../../text/en.ts';

/** What tells this authority from others of its kind. */
export function authorityPlace({ settings }: Authority): string {
  return authorityDefinition(settings).place(settings);
}

/** What the form of an authority starts with, by the names of its catalog fields. */
export function authorityValues({ name, isDefault, settings }: Authority): Record<string, unknown> {
  return { name, is_default: isDefault, ...authorityDefinition(settings).toFlat(settings) };
}

/** How it has control of a name proved; null: it does not. */
export function validationText({ settings }: Authority): string | null {
  const { validation } = authorityDefinition(settings).toFlat(settings);
  return validation === undefined
    ? null
    : ((en.choices as Record<string, string>)[String(validation)] ?? null);
}
