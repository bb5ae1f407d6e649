import { sshLogin, sshSettings } from '#test/make/connection.ts';
import type { ConnectionPeer, ConnectionShape } from '#test/make/connection-peers.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type SshdOptions, startSshd } from '#test/servers/sshd.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export const shape: ConnectionShape = {
  cases: {
    'as root': { can: canRunSshd(), start: () => overSsh({}) },
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
    otherIdentity: `SHA256:${'a'.repeat(43)}`,
    stop: () => server.stop(),
  };
}
