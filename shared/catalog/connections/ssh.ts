import { z } from 'zod';
import { invalid, number, text } from '../flat.ts';
import { defineConnection } from './definition.ts';
import { fieldsToLogIn, loginWay, loginWays } from './login.ts';

const settings = z.object({
  type: z.literal('ssh'),
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  /** Empty only with a credential store: then the credential's own user name is used. */
  user: z.string(),
  auth: loginWay,
  /** Pinned host key as OpenSSH prints it (`SHA256:…`); null until the first connection pinned it. */
  hostKey: z.string().nullable(),
  /** Id of the credential store (`cs_…`) the login is read from at the moment of use. */
  store: z.string().nullable().default(null),
  storeCredentialId: z.string().nullable().default(null),
});
export type SshSettings = z.infer<typeof settings>;

const usualPort = 22;

export const ssh = defineConnection({
  id: 'ssh',
  label: 'SSH',
  help: 'A POSIX host over SSH, with sudo where it is allowed.',
  fields: [
    {
      name: 'host',
      label: 'Host',
      help: 'Remote host name or address, 1 to 255 characters.',
      hint: 'Name or address of the host.',
      kind: 'text',
      min: 1,
      max: 255,
    },
    {
      name: 'port',
      label: 'Port',
      help: 'Remote port, 1 to 65535. Default for SSH: 22.',
      hint: 'Default for SSH: 22.',
      kind: 'number',
      min: 1,
      max: 65535,
    },
    {
      name: 'user',
      label: 'User',
      help: 'User name to log in with.',
      kind: 'text',
      min: 1,
      max: 255,
    },
    ...fieldsToLogIn(loginWays),
    {
      name: 'host_key',
      label: 'Host key',
      help: 'Expected SSH host key as OpenSSH prints it (SHA256:…). Default: the key of the first connection is pinned. "accept" with update: the key of the next connection is pinned.',
      hint: 'Fingerprint of the host key to expect (SHA256:…). Default: the key of the first connection is pinned.',
      kind: 'text',
      max: 100,
      advanced: true,
    },
  ],
  settings,
  kind: 'host',
  system: 'posix',
  runsHere: false,
  authenticates: loginWays,
  refused: 'ssh.login-refused',
  identity: {
    id: 'host-key',
    label: 'Host key',
    field: 'host_key',
    pinsFirst: true,
    seenBy: 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
    changed: 'ssh.host-key-changed',
  },
  usualPort,
  told: ({ host, port, user, auth, hostKey, store, storeCredentialId }) => ({
    address: { host, port },
    login: { user, way: auth, store, storeCredentialId },
    pinned: hostKey,
  }),
  pin: (one, hostKey) => ({ ...one, hostKey }),
  toFlat: ({ host, port, user, hostKey, store, storeCredentialId }) => ({
    host,
    port,
    user: user === '' ? undefined : user,
    host_key: hostKey ?? undefined,
    store: store ?? undefined,
    store_cred_id: storeCredentialId ?? undefined,
  }),
  fromFlat(flat, auth) {
    const host = text(flat, 'host');
    const user = text(flat, 'user');
    if (host === null) throw invalid('Host is required for the connection type ssh.', 'Add --host.');
    const fromStore = auth === 'credential-store';
    if (user === null && !fromStore)
      throw invalid('User is required for the connection type ssh.', 'Add --user.');
    if (auth === null) {
      throw invalid(
        'A password or an SSH key is required for the connection type ssh.',
        'Add --ssh_key_path or --store with --store_cred_id, or give the password when asked for it.',
      );
    }
    return {
      type: 'ssh',
      host,
      port: number(flat, 'port', usualPort),
      user: user ?? '',
      auth,
      hostKey: hostKey(text(flat, 'host_key')),
      store: fromStore ? text(flat, 'store') : null,
      storeCredentialId: fromStore ? text(flat, 'store_cred_id') : null,
    };
  },
  bound({ type, host, port, user, hostKey, store, storeCredentialId }) {
    const reached = { type, host, port, user, hostKey };
    // whose user name it is then depends on the credential
    return user === '' ? { ...reached, store, storeCredentialId } : reached;
  },
});

/** `accept` and nothing both mean: pin what is seen next. */
function hostKey(value: string | null): string | null {
  if (value === null || value === 'accept') return null;
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(value)) return value.replace(/=$/, '');
  throw invalid(
    'Host key must be written as OpenSSH prints it (SHA256: and 43 characters).',
    'See it with: ssh-keyscan HOST | ssh-keygen -lf -',
  );
}
