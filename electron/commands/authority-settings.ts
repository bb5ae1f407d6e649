import { authoritySettings } from '#shared/catalog/authorities/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import { type AuthorityKind, type AuthoritySettings, authorityDefinition } from '#shared/model/authority.ts';
import { checkAsked, withDefaults } from './flat-input.ts';

/** Flat input, already fitting the contract, as the settings that are stored. Throws `input.invalid`, `authority.*`. */
export function settingsOf(kind: AuthorityKind, input: Flat): AuthoritySettings {
  const definition = authorityDefinition({ kind });
  const flat = withDefaults(definition, input);
  checkAsked(definition, flat);
  const settings = definition.fromFlat(flat);
  if (authoritySettings.safeParse(settings).success) return settings;
  throw invalid(`The settings of the authority "${text(flat, 'name')}" do not fit together.`);
}
