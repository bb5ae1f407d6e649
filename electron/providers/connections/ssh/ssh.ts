import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { PosixConnection } from '../common/posix-connection.ts';
import type { ConnectTools, HostConnection, LoginMaterial } from '../connection.ts';
import { logIn } from './client.ts';
import { SshHost } from './host.ts';

/** Logs in, probes the host once (interpreter, tools, sudo) and gives a connection that can do everything. */
export async function connectSsh(
  settings: SshSettings,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<HostConnection> {
  const { client, method } = await logIn(settings, login, tools);
  const host = new SshHost(client, method, settings, tools);
  try {
    await host.prepare(login.password, tools.signal);
    return new PosixConnection(host);
  } catch (error) {
    await host.close();
    throw error;
  }
}
