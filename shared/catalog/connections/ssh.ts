import { z } from 'zod';
import { invalid, text } from '../flat.ts';
import { defineConnection } from './definition.ts';
import { loginWays } from './login.ts';
import { fingerprintIn, remoteLogin } from './remote.ts';

const usualPort = 22;
const remote = remoteLogin({ called: 'SSH', usualPort, ways: loginWays });

const settings = z.object({
  type: z.literal('ssh'),
  ...remote.shape,
  /** Pinned host key as OpenSSH prints it (`SHA256:…`); null until the first connection pinned it. */
  hostKey: z.string().nullable(),
});
export type SshSettings = z.infer<typeof settings>;

export const ssh = defineConnection({
  id: 'ssh',
  label: 'SSH',
  help: 'A POSIX host over SSH, with sudo where it is allowed.',
  fields: [
    ...remote.fields,
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
  told: (one) => remote.told(one, one.hostKey),
  pin: (one, hostKey) => ({ ...one, hostKey }),
  toFlat: (one) => ({ ...remote.toFlat(one), host_key: one.hostKey ?? undefined }),
  fromFlat: (flat, way) => ({
    ...{ type: 'ssh', ...remote.from(flat, way, 'ssh') },
    hostKey: hostKey(text(flat, 'host_key')),
  }),
  bound: (one) => ({ type: one.type, ...remote.bound(one), hostKey: one.hostKey }),
});

/** `accept` and nothing both mean: pin what is seen next. */
function hostKey(value: string | null): string | null {
  if (value === null || value === 'accept') return null;
  const asShown = fingerprintIn(value);
  if (asShown !== null) return asShown;
  throw invalid(
    'Host key must be written as OpenSSH prints it (SHA256: and 43 characters).',
    'See it with: ssh-keyscan HOST | ssh-keygen -lf -',
  );
}
