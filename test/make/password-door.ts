import { asFailure, Failure } from '#shared/failure.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { OpenConnectionParts } from '../../electron/agent/open-connection.ts';
import type { OpenConnection } from '../../electron/agent/steps/step.ts';
import { withSecondChance } from '../../electron/providers/connections/common/second-chance.ts';
import type { LoginMaterial, SeenIdentity } from '../../electron/providers/connections/connection.ts';

/** What the door of a host was tried with. */
export interface Try {
  user: string;
  password: string | undefined;
  source: string | undefined;
  hostKey: string | null;
}

/** A host over ssh that opens to one password, with the second chance that such a connection gives. */
export function passwordDoor(
  right: () => string | null,
  tried: (one: Try, login: LoginMaterial) => void,
): OpenConnectionParts['openEndpoint'] {
  async function door(
    { connection }: Endpoint,
    login: LoginMaterial,
    met: string | null,
    onIdentity: (seen: SeenIdentity) => void,
  ): Promise<OpenConnection> {
    if (connection.type !== 'ssh') throw new Error('not over ssh');
    const user = connection.user === '' ? (login.user ?? '') : connection.user;
    const hostKey = met ?? connection.hostKey;
    if (hostKey === null) onIdentity({ fingerprint: 'SHA256:seen', type: 'ssh-ed25519' });
    tried({ user, password: login.password?.text(), source: login.source, hostKey }, login);
    if (login.password?.text() !== right())
      throw new Failure('ssh.login-refused', `web1 refused user ${user} with password ${login.source}.`);
    return { connection: {}, endpoint: {} } as OpenConnection;
  }
  const isRefused = (error: unknown) => asFailure(error).code === 'ssh.login-refused';
  return (row, login, tools) =>
    withSecondChance(login, tools, isRefused, (material, met, onIdentity) =>
      door(row, material, met, onIdentity),
    );
}
