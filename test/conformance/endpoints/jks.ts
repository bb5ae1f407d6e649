import type { EndpointShape } from '#test/make/endpoints.ts';
import { storeEndpoint, storeSettings } from '#test/make/key-store-files.ts';

const inStore = { from: 'credential-store' as const, store: 'cs_1', credentialId: 'jks' };

export const shape: EndpointShape = {
  everything: {
    type: 'jks',
    ...storeSettings('/x.jks', {
      ...{ alias: 'shop', servedAt: 'x:443', installScript: '/in', restartScript: '/re', scriptTimeout: 60 },
      secrets: { store_password: inStore, key_password: inStore },
    }),
  },
  noKeys: 'a key is put into a key store, with its password, by the agent',
  needs: ['openssl', 'keytool'],
  cases: {
    'a JKS store with two keys': { make: () => storeEndpoint('jks', 'jks'), also: ['SSH as root'] },
    'a JCEKS store with a secret key': { make: () => storeEndpoint('jks', 'jceks'), also: [], long: true },
  },
};
