import { credentialStoreSettings } from '#shared/catalog/credential-stores/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import {
  type CredentialStoreKind,
  type CredentialStoreSettings,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import { checkAddresses, checkAsked } from './flat-input.ts';

/**
 * Flat input, already fitting the contract and with its defaults, as the settings that are stored. `has`: whether the
 * secret of a field was named now or is sealed already. `input.invalid` says what is missing, by its flags.
 */
export function storeSettingsOf(
  kind: CredentialStoreKind,
  flat: Flat,
  has: (field: string) => boolean,
): CredentialStoreSettings {
  const definition = storeDefinition({ kind });
  checkAsked(definition, flat);
  checkComplete(definition.needs(flat), flat, has);
  const settings = definition.fromFlat(flat, has);
  checkAddresses(definition, flat);
  if (credentialStoreSettings.safeParse(settings).success) return settings;
  throw invalid(`The settings of the credential store "${text(flat, 'storename')}" do not fit together.`);
}

function checkComplete(
  { whose, fields }: { whose: string; fields: readonly string[] },
  flat: Flat,
  has: (field: string) => boolean,
): void {
  const missing = fields.filter((field) => flat[field] === undefined && !has(field));
  if (missing.length === 0) return;
  throw invalid(
    `${whose} needs ${missing.map((field) => `--${field}`).join(' and ')}.`,
    'Add the missing options.',
  );
}
