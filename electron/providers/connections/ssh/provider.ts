import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import { withSecondChance } from '../common/second-chance.ts';
import type { ConnectionProvider } from '../connection.ts';
import { connectSsh } from './ssh.ts';

export const ssh: ConnectionProvider<SshSettings> = {
  connect: (settings, login, tools) =>
    withSecondChance(login, tools, isRefused, (material, met, onIdentity) =>
      connectSsh(
        {
          ...settings,
          user: settings.user === '' ? (material.user ?? '') : settings.user,
          hostKey: met ?? settings.hostKey,
        },
        material,
        { ...tools, onIdentity },
      ),
    ),
};

function isRefused(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ssh.login-refused';
}
