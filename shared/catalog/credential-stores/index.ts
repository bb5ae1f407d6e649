import type { CredentialStoreKind } from '../../model/credential-store.ts';
import type { Descriptor } from '../descriptor.ts';
import { cyberark } from './cyberark.ts';
import { delineaSecretServer } from './delinea-secret-server.ts';
import { hashicorp } from './hashicorp.ts';
import { local } from './local.ts';

export const credentialStoreCatalog: Record<CredentialStoreKind, Descriptor> = {
  local,
  hashicorp,
  cyberark,
  'delinea-secret-server': delineaSecretServer,
};
