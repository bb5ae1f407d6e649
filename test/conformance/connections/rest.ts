import { icontrolWays } from '#shared/catalog/connections/icontrol.ts';
import type { RestSettings } from '#shared/catalog/connections/rest.ts';
import { bigipLogin, plainBigip, restSettings } from '#test/make/bigip.ts';
import type { ConnectionShape } from '#test/make/connection-peers.ts';
import type { Chance } from '#test/make/random.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const fingerprint = `SHA256:${'a'.repeat(42)}A`;

export const shape: ConnectionShape = {
  everything: {
    ...{ type: 'rest', host: 'bigip1.example', port: 443, user: 'admin', auth: 'credential-store' },
    ...{ store: 'cs_1', storeCredentialId: 'box', pins: true, certificate: fingerprint },
  },
  anySettings,
  cases: {},
  requests: {
    'to a box with a pinned certificate': {
      async start() {
        const bigip = await plainBigip();
        const wrong = { login: { password: Secret.of('not-it') } };
        return {
          settings: restSettings(bigip),
          login: () => bigipLogin(bigip),
          description: `rest admin@127.0.0.1:${bigip.port}`,
          user: 'user admin',
          refused: {
            wrong: () => ({ settings: restSettings(bigip), ...wrong }),
            stranger: () => ({
              settings: restSettings(bigip, { auth: 'credential-store', user: '' }),
              login: { user: 'nobody-here', password: Secret.of('not-it') },
            }),
          },
          otherIdentity: fingerprint,
          logins: () => bigip.world.tokens.size,
          forgetLogins: () => bigip.world.tokens.clear(),
          stop: () => bigip.stop(),
        };
      },
    },
  },
};

function anySettings(chance: Chance): RestSettings {
  const auth = chance.pick(icontrolWays);
  const stored = auth === 'credential-store';
  const pins = chance.int(2) === 0;
  return {
    ...{
      type: 'rest',
      host: chance.pick(['bigip1.example', '10.0.0.5', '::1']),
      port: 1 + chance.int(65535),
    },
    ...{ user: stored && chance.int(2) === 0 ? '' : chance.pick(['admin', 'CORP\\admin', 'ü ser']), auth },
    ...{ pins, certificate: pins ? chance.pick([null, fingerprint]) : null },
    store: stored ? chance.pick(['cs_1', 'cs_2']) : null,
    storeCredentialId: stored ? chance.pick(['web/1', 'Safe=a;Object=b']) : null,
  };
}
