import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';

const settings = z.object({
  type: z.literal('nginx'),
  /** The configuration file nginx is started with; null: what `nginx -V` names. */
  nginxConfigPath: z.string().nullable(),
  /** What relative paths are below; left out: as the running nginx was started, else as built. */
  nginxPrefix: z.string().optional(),
  /** The nginx program; null: `nginx` on the path, then the usual places. */
  nginxPath: z.string().nullable(),
});
export type NginxSettings = z.infer<typeof settings>;

export const nginx = defineEndpoint({
  id: 'nginx',
  label: 'nginx',
  help: 'An nginx server: its server blocks are the nodes.',
  examples: ['--name web1'],
  opensHere: ['/run', '/var/log/nginx', '/var/lib/nginx'], // by `nginx -t`
  fields: [
    nameField,
    ...connectionFields(({ kind, system }) => kind === 'host' && system !== 'windows'),
    {
      name: 'nginx_config_path',
      label: 'nginx configuration file',
      help: 'Path to the nginx configuration file, 1 to 4096 characters. Default: the path built into nginx.',
      hint: 'Main file of the configuration. Default: the file built into nginx.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      none: 'built into nginx',
    },
    {
      name: 'nginx_path',
      label: 'nginx program',
      help: 'Path to the nginx program. Default: found in the usual places.',
      kind: 'path',
      ownFile: whenHere,
      min: 1,
      max: 4096,
      advanced: true,
      none: 'found in the usual places',
    },
    {
      name: 'nginx_prefix',
      label: 'nginx prefix',
      help: 'Directory given to nginx with -p. Default: as the running nginx was started, or built into nginx.',
      hint: 'Directory that relative paths are below. Default: as the running nginx was started, or built into nginx.',
      kind: 'path',
      min: 1,
      max: 4096,
      advanced: true,
      none: 'as nginx was started',
    },
    ...policyFields,
  ],
  settings,
  toFlat: ({ nginxConfigPath, nginxPrefix, nginxPath }) => ({
    nginx_config_path: nginxConfigPath ?? undefined,
    nginx_prefix: nginxPrefix,
    nginx_path: nginxPath ?? undefined,
  }),
  fromFlat: (flat) => ({
    type: 'nginx',
    nginxConfigPath: text(flat, 'nginx_config_path'),
    // absent when it is not given: approvals are bound to the settings as they were
    ...(text(flat, 'nginx_prefix') === null ? {} : { nginxPrefix: text(flat, 'nginx_prefix') ?? '' }),
    nginxPath: text(flat, 'nginx_path'),
  }),
});
