import { idsOf, settingsOf, table } from '../definition.ts';
import { cyberark } from './cyberark.ts';
import { delineaSecretServer } from './delinea-secret-server.ts';
import { hashicorp } from './hashicorp.ts';
import { local } from './local.ts';

/** Every kind of credential store this build has an adapter for. */
export const credentialStoreCatalog = table({
  local,
  hashicorp,
  cyberark,
  'delinea-secret-server': delineaSecretServer,
});

export const credentialStoreKind = idsOf(credentialStoreCatalog);
export const credentialStoreSettings = settingsOf('kind', credentialStoreCatalog);

/** What a fresh installation keeps credentials in, and what a person most likely adds. */
export const ownStore = local;
export const usualStore = hashicorp;
