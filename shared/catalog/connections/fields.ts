import type { Field } from '../field.ts';

/** When a path on the endpoint is one on the agent's own machine. */
export const whenLocal = { field: 'connection_type', is: ['local'] } as const;

/** Connection options that all endpoint types share. Names and limits are those of the field's documentation. */
export function connectionFields(types: readonly string[]): Field[] {
  const remote = { field: 'connection_type', is: types.filter((type) => type !== 'local') };
  return [
    {
      name: 'connection_type',
      label: 'Connection type',
      help: `How the endpoint is reached: ${types.join(', ')}.`,
      kind: 'choice',
      choices: types,
      default: 'local',
    },
    {
      name: 'host',
      label: 'Host',
      help: 'Remote host name or address, 1 to 255 characters.',
      kind: 'text',
      min: 1,
      max: 255,
      when: remote,
    },
    {
      name: 'port',
      label: 'Port',
      help: 'Remote port, 1 to 65535. Default for SSH: 22.',
      kind: 'number',
      min: 1,
      max: 65535,
      when: remote,
    },
    {
      name: 'user',
      label: 'User',
      help: 'User name to log in with.',
      kind: 'text',
      min: 1,
      max: 255,
      when: remote,
    },
    {
      name: 'password',
      label: 'Password',
      help: 'Password to log in with.',
      kind: 'secret',
      max: 4096,
      when: remote,
    },
    {
      name: 'ssh_key_path',
      label: 'SSH key path',
      help: 'Path to the SSH private key on this machine. It is read once and stored encrypted.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
      when: remote,
    },
    {
      name: 'ssh_key_password',
      label: 'SSH key password',
      help: 'Passphrase of the SSH private key.',
      kind: 'secret',
      max: 4096,
      when: remote,
    },
    {
      name: 'store',
      label: 'Credential store',
      help: 'Name of the credential store to read the login from.',
      kind: 'text',
      min: 1,
      max: 64,
      when: remote,
      advanced: true,
    },
    {
      name: 'store_cred_id',
      label: 'Credential ID',
      help: 'ID of the credential within its store.',
      kind: 'text',
      min: 1,
      max: 4096,
      when: remote,
      advanced: true,
    },
    {
      name: 'host_key',
      label: 'Host key',
      help: 'Expected SSH host key as OpenSSH prints it (SHA256:…). Default: the key of the first connection is pinned. "accept" with update: the key of the next connection is pinned.',
      kind: 'text',
      max: 100,
      when: { field: 'connection_type', is: ['ssh', 'ssh_windows'] },
      advanced: true,
    },
  ];
}
