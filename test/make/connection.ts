import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { makeHttp } from '../../electron/net/http.ts';
import type {
  ConnectTools,
  HostConnection,
  LoginMaterial,
} from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Sshd } from '../servers/sshd.ts';

/** Settings for a test sshd: by private key, its host key pinned. */
export function sshSettings(server: Sshd, other: Partial<SshSettings> = {}): SshSettings {
  return {
    type: 'ssh',
    host: server.host,
    port: server.port,
    user: server.user,
    auth: 'private-key',
    hostKey: server.hostKeyFingerprint,
    store: null,
    storeCredentialId: null,
    ...other,
  };
}

/** The key of a test sshd's user, and its password when it has one. */
export function sshLogin(server: Sshd): LoginMaterial {
  return {
    privateKey: Secret.of(server.privateKeyPem),
    ...(server.password === null ? {} : { password: Secret.of(server.password) }),
  };
}

/** One for all: it keeps no connection open that a test would have to end. */
const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log: silentLog });

export const connectTools: ConnectTools = { log: silentLog, clock: systemClock, http: () => http };

export function connectTo(server: Sshd, other: Partial<SshSettings> = {}): Promise<HostConnection> {
  return connect(sshSettings(server, other), sshLogin(server), connectTools);
}
