import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { invalid, text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';

const settings = z.object({
  type: z.literal('pem'),
  path: z.string().min(1),
  /** Where the private key is, when it is not in the same file. */
  keyPath: z.string().nullable(),
  /** `host:port` at which this certificate is served, so that success can be proved; null: on disk only. */
  servedAt: z.string().nullable(),
  installScript: z.string().nullable(),
  restartScript: z.string().nullable(),
});
export type PemSettings = z.infer<typeof settings>;

export const pem = defineEndpoint({
  id: 'pem',
  label: 'PEM file',
  help: 'A PEM file that another program serves, with scripts to run after installing and for restarting.',
  examples: ['--name mail --path /etc/ssl/mail/fullchain.pem --key_path /etc/ssl/mail/key.pem'],
  fields: [
    nameField,
    {
      name: 'path',
      label: 'Path',
      help: 'Path to the certificate file. It must already exist.',
      kind: 'path',
      ownFile: whenHere,
      required: true,
      min: 1,
      max: 4096,
    },
    ...connectionFields(({ kind }) => kind === 'host'),
    {
      name: 'install_script',
      label: 'Install script',
      help: 'Path to a script on the endpoint, run after installing, with the alias as its argument.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
    },
    {
      name: 'restart_script',
      label: 'Restart script',
      help: 'Path to a script on the endpoint that makes its program serve the new certificate.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
    },
    {
      name: 'key_path',
      label: 'Private key path',
      help: 'Path to the private key, if it is not in the same file.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
      none: 'in the same file',
    },
    {
      name: 'served_at',
      label: 'Served at',
      help: 'host:port that serves the certificate, to prove success. Default: none; only the files on disk are checked.',
      kind: 'text',
      min: 3,
      max: 300,
      none: 'checked on disk only',
    },
    ...policyFields,
  ],
  settings,
  toFlat: ({ path, keyPath, servedAt, installScript, restartScript }) => ({
    path,
    key_path: keyPath ?? undefined,
    served_at: servedAt ?? undefined,
    install_script: installScript ?? undefined,
    restart_script: restartScript ?? undefined,
  }),
  fromFlat: (flat) => ({
    type: 'pem',
    path: text(flat, 'path') ?? '',
    keyPath: text(flat, 'key_path'),
    servedAt: hostAndPort(text(flat, 'served_at')),
    installScript: text(flat, 'install_script'),
    restartScript: text(flat, 'restart_script'),
  }),
});

function hostAndPort(value: string | null): string | null {
  if (value === null) return null;
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/.exec(value)?.[1]);
  if (port >= 1 && port <= 65535) return value;
  throw invalid(`Served at must be host:port, not "${value}".`, 'For example www.example.org:443.');
}
