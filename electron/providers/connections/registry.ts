import type { ConnectionSettings, ConnectionType } from '#shared/model/connection.ts';
import type { ConnectionProvider, ConnectTools, HostConnection, LoginMaterial } from './connection.ts';
import { local } from './local/provider.ts';
import { ssh } from './ssh/provider.ts';

type SettingsOf<T extends ConnectionType> = Extract<ConnectionSettings, { type: T }>;

/** The agent's side of every connection type in the catalog. */
const providers: { [T in ConnectionType]: ConnectionProvider<SettingsOf<T>> } = { local, ssh };

function providerOf({ type }: ConnectionSettings): ConnectionProvider<ConnectionSettings> {
  return providers[type];
}

/** Opens a connection of any type, as its provider promises. */
export function connect(
  settings: ConnectionSettings,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<HostConnection> {
  return providerOf(settings).connect(settings, login, tools);
}
