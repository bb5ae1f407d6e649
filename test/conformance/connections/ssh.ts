import { loginWays } from '#shared/catalog/connections/login.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { sshLogin, sshSettings } from '#test/make/connection.ts';
import type { ConnectionPeer, ConnectionShape } from '#test/make/connection-peers.ts';
import type { Chance } from '#test/make/random.ts';
import { anSshConnection } from '#test/make/rows.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type SshdOptions, startSshd } from '#test/servers/sshd.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const fingerprint = `SHA256:${'a'.repeat(43)}`;

export const shape: ConnectionShape = {
  everything: anSshConnection({ hostKey: 'SHA256:abc', store: 'cs_1', storeCredentialId: 'web' }),
  anySettings,
  cases: {
    'as root': { can: canRunSshd(), start: () => overSsh({}) },
    'as root, one session at a time': {
      can: canRunSshd(),
      start: () => overSsh({ config: ['MaxSessions 1'] }),
    },
    'with sudo that asks nothing': {
      can: canRunSshd() && have('sudo'),
      start: () => overSsh({ user: { sudo: 'nopasswd' } }),
    },
    'with sudo that asks for the password': {
      can: canRunSshd() && have('sudo'),
      start: () => overSsh({ user: { sudo: 'password', password: 'hunter2 "$x' } }),
    },
  },
};

function anySettings(chance: Chance): SshSettings {
  const auth = chance.pick(loginWays);
  const stored = auth === 'credential-store';
  return {
    type: 'ssh',
    host: chance.pick(['web1.example', '10.0.0.5', '::1', 'b']),
    port: 1 + chance.int(65535),
    user: stored && chance.int(2) === 0 ? '' : chance.pick(['deploy', 'CORP\\admin', 'ü ser']),
    auth,
    hostKey: chance.pick([null, fingerprint]),
    store: stored ? chance.pick(['cs_1', 'cs_2']) : null,
    storeCredentialId: stored ? chance.pick(['web/1', 'Safe=a;Object=b']) : null,
  };
}

async function overSsh(options: SshdOptions): Promise<ConnectionPeer> {
  const server = await startSshd(options);
  return {
    settings: sshSettings(server),
    login: () => sshLogin(server),
    description: `ssh ${server.user}@127.0.0.1:${server.port}`,
    user: `user ${server.user}`,
    refused: {
      wrong: () => ({
        settings: sshSettings(server, { auth: 'password' }),
        login: { password: Secret.of('not-it') },
      }),
      stranger: () => ({
        settings: sshSettings(server, { auth: 'credential-store', user: '' }),
        login: { user: 'nobody-here', password: Secret.of('not-it') },
      }),
    },
    otherIdentity: fingerprint,
    stop: () => server.stop(),
  };
}
