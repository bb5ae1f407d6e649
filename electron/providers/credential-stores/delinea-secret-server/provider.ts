import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { type StoreProvider, storeSecrets, takeText } from '../credential-store.ts';
import { DelineaStore } from './delinea-secret-server.ts';

const { password } = storeSecrets;

export const delineaSecretServer: StoreProvider<DelineaSettings> = {
  make: ({ id, settings, keep, http, clock, log }) =>
    new DelineaStore({ id, settings, keep, http: http(), clock, log }),
  sealing: {
    fields: { password: { names: [password] } },
    take: (flat, changes) => takeText(flat, 'password', password, changes),
    onlyCopy: null,
  },
  watched: false,
};
