import { icontrolWays } from '#shared/catalog/connections/icontrol.ts';
import type { RestInsecureSettings } from '#shared/catalog/connections/rest_insecure.ts';
import { bigipLogin, insecureSettings, plainBigip } from '#test/make/bigip.ts';
import type { ConnectionShape } from '#test/make/connection-peers.ts';
import type { Chance } from '#test/make/random.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export const shape: ConnectionShape = {
  everything: {
    ...{ type: 'rest_insecure', host: 'bigip1.example', port: 443, user: 'admin', auth: 'credential-store' },
    ...{ store: 'cs_1', storeCredentialId: 'box', reason: 'it is a lab', until: '2999-12-31' },
  },
  anySettings,
  cases: {},
  requests: {
    'to whoever answers': {
      async start() {
        const bigip = await plainBigip();
        const wrong = { login: { password: Secret.of('not-it') } };
        return {
          settings: insecureSettings(bigip),
          login: () => bigipLogin(bigip),
          description: `rest_insecure admin@127.0.0.1:${bigip.port}`,
          user: 'user admin',
          refused: {
            wrong: () => ({ settings: insecureSettings(bigip), ...wrong }),
            stranger: () => ({
              settings: { ...insecureSettings(bigip), auth: 'credential-store', user: '' },
              login: { user: 'nobody-here', password: Secret.of('not-it') },
            }),
          },
          otherIdentity: null,
          logins: () => bigip.world.tokens.size,
          forgetLogins: () => bigip.world.tokens.clear(),
          stop: () => bigip.stop(),
        };
      },
    },
  },
};

function anySettings(chance: Chance): RestInsecureSettings {
  const auth = chance.pick(icontrolWays);
  const stored = auth === 'credential-store';
  return {
    ...{ type: 'rest_insecure', host: chance.pick(['bigip1.example', '::1']), port: 1 + chance.int(65535) },
    ...{ user: stored && chance.int(2) === 0 ? '' : chance.pick(['admin', 'ü ser']), auth },
    ...{
      reason: chance.pick(['it is a lab', 'until the CA is back']),
      until: chance.pick(['2030-02-28', '2999-12-31']),
    },
    store: stored ? chance.pick(['cs_1', 'cs_2']) : null,
    storeCredentialId: stored ? 'web/1' : null,
  };
}
