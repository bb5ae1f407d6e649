import { local } from '#shared/catalog/connections/local.ts';
import type { ConnectionShape } from '#test/make/connection-peers.ts';

export const shape: ConnectionShape = {
  everything: { type: 'local' },
  anySettings: () => ({ type: 'local' }),
  cases: {
    'as it is': {
      can: true,
      start: async () => ({
        settings: local.fromFlat({}, null),
        login: () => ({}),
        ...{ description: 'this machine', user: 'user ', refused: null, otherIdentity: null },
        stop: async () => {},
      }),
    },
  },
};
