import type { EndpointShape } from '#test/make/endpoints.ts';
import { storeEndpoint, storeSettings } from '#test/make/key-store-files.ts';

const inStore = { from: 'credential-store' as const, store: 'cs_1', credentialId: 'p12' };

export const shape: EndpointShape = {
  everything: {
    ...{ type: 'p12', isLegacy: true },
    ...storeSettings('/x.p12', {
      ...{ alias: 'shop', servedAt: 'x:443', installScript: '/in', restartScript: '/re', scriptTimeout: 60 },
      secrets: { store_password: inStore, key_password: inStore },
    }),
  },
  noKeys: 'a key is put into a key store, with its password, by the agent',
  needs: ['openssl', 'keytool'],
  cases: {
    'a PKCS#12 store of OpenSSL': {
      make: () => storeEndpoint('p12', 'modern'),
      also: ['SSH with sudo'],
    },
    'a PKCS#12 store of old programs': { make: () => storeEndpoint('p12', 'legacy'), also: [], long: true },
    'a PKCS#12 store of Java with two keys': {
      make: () => storeEndpoint('p12', 'pkcs12 of Java'),
      also: [],
      long: true,
    },
  },
};
