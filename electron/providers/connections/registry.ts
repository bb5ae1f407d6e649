import type { ConnectionSettings, ConnectionType } from '#shared/model/connection.ts';
import type { Connection, ConnectionProvider, ConnectTools, LoginMaterial } from './connection.ts';
import { local } from './local/provider.ts';
import { rest } from './rest/provider.ts';
import { restInsecure } from './rest_insecure/provider.ts';
import { ssh } from './ssh/provider.ts';

type SettingsOf<T extends ConnectionType> = Extract<ConnectionSettings, { type: T }>;

/** The agent's side of every connection type in the catalog. */
const providers = { local, ssh, rest, rest_insecure: restInsecure } satisfies {
  [T in ConnectionType]: ConnectionProvider<SettingsOf<T>, Connection>;
};
type Providers = typeof providers;

/** What a connection with these settings can do. */
type Made<S extends ConnectionSettings> = Awaited<ReturnType<Providers[S['type']]['connect']>>;

function providerOf({ type }: ConnectionSettings): ConnectionProvider<ConnectionSettings, Connection> {
  return providers[type] as ConnectionProvider<ConnectionSettings, Connection>;
}

/** Opens a connection of any type, as its provider promises. */
export function connect<S extends ConnectionSettings>(
  settings: S,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<Made<S>> {
  return providerOf(settings).connect(settings, login, tools) as Promise<Made<S>>;
}
