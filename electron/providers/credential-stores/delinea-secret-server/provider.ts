import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { type StoreProvider, storeSecrets, takeText } from '../credential-store.ts';
import { DelineaStore } from './delinea-secret-server.ts';

const { password } = storeSecrets;

export const delineaSecretServer: StoreProvider<DelineaSettings> = {
  make: ({ id, settings, state, http, clock, log }) =>
    new DelineaStore({ id, settings, state, http: http(), clock, log }),
  sealing: {
    fields: { password: { names: [password] } },
    take: (flat, updates) => takeText(flat, 'password', password, updates),
    onlyCopy: null,
  },
  watched: false,
};
