import type { HashicorpSettings } from '#shared/catalog/credential-stores/hashicorp.ts';
import { text, yes } from '#shared/catalog/flat.ts';
import { Secret } from '../../../secrets/secret.ts';
import { type StoreProvider, storeSecrets, takeText } from '../credential-store.ts';
import { makeHashicorpStore } from './hashicorp.ts';

const { token, tokenWasGood, tokenUsesLimited, secretId, wrappingToken } = storeSecrets;

export const hashicorp: StoreProvider<HashicorpSettings> = {
  make: ({ id, settings, state, http, clock, log, lost }) =>
    makeHashicorpStore({ id, settings, state, http: http(), clock, log, lost }),
  sealing: {
    fields: {
      token: { names: [token], besides: [tokenWasGood, tokenUsesLimited] },
      secretid: { names: [secretId, wrappingToken] },
    },
    take(flat, updates) {
      takeText(flat, 'token', token, updates);
      const given = text(flat, 'secretid');
      if (given === null) return;
      const wrapped = yes(flat, 'appwrapped', false);
      updates.set(wrapped ? secretId : wrappingToken, null);
      updates.set(wrapped ? wrappingToken : secretId, Secret.of(given));
    },
    onlyCopy: {
      name: secretId,
      usedUp: 'its wrapping token is used up',
      kept: 'the SecretID that was in it is kept sealed',
    },
  },
  watched: true,
};
