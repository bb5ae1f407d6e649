import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { never } from '#kit/never.ts';
import type { ConnectionSettings, ConnectionType } from '#shared/model/endpoint.ts';
import type { HostConnection, LoginMaterial } from './connection.ts';
import { LocalConnection } from './local/local.ts';
import { connectSsh } from './ssh/ssh.ts';

export interface ConnectTools {
  log: Log;
  clock: Clock;
  /** Gives up connecting; an established connection is ended with `close`. */
  signal?: AbortSignal | undefined;
  /** Called once, before logging in, with the key of a host whose settings pin none yet: the caller pins it. */
  onHostKey?: ((seen: { fingerprint: string; type: string }) => void) | undefined;
}

/**
 * Opens a connection: resolves when it is logged in and has been found usable. Rejects with `connection.*` or `ssh.*`.
 * Connecting again after `connection.lost` is up to the caller. Safe concurrently.
 */
export function connect(
  settings: ConnectionSettings,
  login: LoginMaterial,
  tools: ConnectTools,
): Promise<HostConnection> {
  switch (settings.type) {
    case 'local':
      return Promise.resolve(new LocalConnection(tools.clock));
    case 'ssh':
      return connectSsh(settings, login, tools);
    default:
      return never(settings);
  }
}

/** Connection types that work in this version. */
const usableTypes = ['local', 'ssh'] as const satisfies readonly ConnectionType[];

export function usable(type: ConnectionType): { yes: true } | { yes: false; why: string } {
  if ((usableTypes as readonly string[]).includes(type)) return { yes: true };
  return { yes: false, why: `${type} is not supported by this version; use ${usableTypes.join(' or ')}` };
}
