import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';

const settings = z.object({
  type: z.literal('apache'),
  /** The control script or the server program; null: the usual ones. */
  apachectlPath: z.string().nullable(),
  /** Directory of the instance (`-d`; that of Debian's script by APACHE_CONFDIR); null: as built, or as it runs. */
  serverRoot: z.string().nullable(),
  /** Main configuration file (`-f`); null: the one of the instance. */
  configFile: z.string().nullable(),
  /** Where the certificate of a virtual host goes that needs files of its own; null: beside its present ones. */
  certDir: z.string().nullable(),
});
export type ApacheSettings = z.infer<typeof settings>;

export const apache = defineEndpoint({
  id: 'apache',
  label: 'Apache',
  help: 'An Apache HTTP server 2.4: its virtual hosts are the nodes.',
  examples: ['--name web1'],
  opensHere: ['/run', '/var/log/apache2', '/var/log/httpd', '/var/lock'], // by `apachectl -t`
  fields: [
    nameField,
    ...connectionFields(({ kind, system }) => kind === 'host' && system !== 'windows'),
    {
      name: 'apachectl_path',
      label: 'apachectl',
      help: 'Path to apachectl (or apache2ctl, or httpd), 1 to 4096 characters. Default: found in the usual places.',
      hint: 'Control script or program of the server. Default: found in the usual places.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      none: 'found in the usual places',
    },
    {
      name: 'server_root',
      label: 'Directory of the instance',
      help: 'Directory of a second instance: its APACHE_CONFDIR on Debian, otherwise its ServerRoot. Default: that of the only instance.',
      hint: 'Of a second instance: its APACHE_CONFDIR on Debian, otherwise its ServerRoot.',
      kind: 'path',
      min: 1,
      max: 4096,
      advanced: true,
      none: 'that of the only instance',
    },
    {
      name: 'config_file',
      label: 'Apache configuration file',
      help: 'Main configuration file, when it is not the usual one of the instance. Default: the usual one.',
      hint: 'Main file of the configuration, when it is not the usual one of the instance.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
      none: 'the usual one',
    },
    {
      name: 'cert_dir',
      label: 'Certificate directory',
      help: 'Directory for the certificate and key of a virtual host that needs files of its own. Default: a directory "trustkeep" beside its present files, or in the configuration directory.',
      hint: 'For a virtual host that needs files of its own. Default: a directory "trustkeep" beside its present files.',
      kind: 'path',
      min: 1,
      max: 4096,
      advanced: true,
      none: 'beside the present files',
    },
    ...policyFields,
  ],
  settings,
  toFlat: ({ apachectlPath, serverRoot, configFile, certDir }) => ({
    apachectl_path: apachectlPath ?? undefined,
    server_root: serverRoot ?? undefined,
    config_file: configFile ?? undefined,
    cert_dir: certDir ?? undefined,
  }),
  fromFlat: (flat) => ({
    type: 'apache',
    apachectlPath: text(flat, 'apachectl_path'),
    serverRoot: text(flat, 'server_root'),
    configFile: text(flat, 'config_file'),
    certDir: text(flat, 'cert_dir'),
  }),
});
