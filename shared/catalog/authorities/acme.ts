import { z } from 'zod';
import { Failure } from '../../failure.ts';
import type { Flat } from '../field.ts';
import { checkAbsolute, invalid, lines, number, text, trustedRoots, yes } from '../flat.ts';
import { authorityName, isDefault } from './common.ts';
import { defineAuthority } from './definition.ts';

/** How control of a name is proved to an ACME CA. */
const validation = z.discriminatedUnion('method', [
  /** The agent answers on `port` of its own machine, during validation only. */
  z.object({
    method: z.literal('http-01-agent'),
    address: z.string(),
    port: z.number().int().min(1).max(65535),
  }),
  /** A file is written below the node's web root (or `webRoot`) over the endpoint's connection. */
  z.object({ method: z.literal('http-01-web-root'), webRoot: z.string().nullable() }),
  /**
   * User scripts, run by absolute path with the arguments: fully qualified record name, TXT value.
   * After `add` the agent waits `propagationSeconds`; each run is ended after `timeoutSeconds`.
   */
  z.object({
    method: z.literal('dns-01-script'),
    addScript: z.string().min(1),
    removeScript: z.string().min(1),
    timeoutSeconds: z.number().int().min(1).max(3600),
    propagationSeconds: z.number().int().min(0).max(3600),
  }),
]);
export type ValidationSettings = z.infer<typeof validation>;

const settings = z.object({
  kind: z.literal('acme'),
  directoryUrl: z.url({ protocol: /^https$/ }),
  contact: z.array(z.string()),
  /** Key id of the external account binding; its HMAC key is sealed apart. */
  eabKeyId: z.string().nullable(),
  /** Certificates (PEM) trusted for the CA's own TLS, beside the system's. */
  trustedRootsPem: z.string().nullable(),
  /** Certificate profile to ask for (draft-ietf-acme-profiles), as the directory names it. */
  profile: z.string().nullable(),
  termsAgreed: z.boolean(),
  validation,
});
export type AcmeSettings = z.infer<typeof settings>;

export const acme = defineAuthority({
  id: 'acme',
  label: 'ACME authority',
  short: 'ACME',
  help: 'Any CA that speaks ACME (RFC 8555), public or private.',
  ordering: 'A CA that speaks ACME; control of each name is proved to it.',
  fields: [
    authorityName,
    {
      name: 'directory_url',
      label: 'Directory URL',
      help: 'HTTPS address of the ACME directory.',
      kind: 'text',
      required: true,
      min: 9,
      max: 2048,
    },
    { name: 'contact', label: 'Contact', help: 'Email addresses the CA may write to.', kind: 'lines' },
    {
      name: 'eab_key_id',
      label: 'EAB key ID',
      help: 'Key ID of the external account binding, if the CA requires one.',
      kind: 'text',
      max: 1024,
    },
    {
      name: 'eab_hmac_key',
      label: 'EAB HMAC key',
      help: 'HMAC key of the external account binding (base64 or base64url).',
      kind: 'secret',
      max: 4096,
    },
    {
      name: 'agree_to_terms',
      label: 'Agree to the terms of service',
      help: 'You have read and agree to the terms of service of the CA.',
      kind: 'boolean',
      default: false,
    },
    {
      name: 'trusted_roots',
      label: 'Trusted roots',
      help: 'PEM certificates to trust for TLS connections to the CA, for private CAs.',
      kind: 'text',
      from: 'file',
      none: 'system roots',
      advanced: true,
    },
    {
      name: 'profile',
      label: 'Certificate profile',
      help: 'Name of a certificate profile that the CA offers.',
      kind: 'text',
      max: 256,
      advanced: true,
    },
    {
      name: 'validation',
      label: 'Validation',
      help: 'How control of the names is proved to the CA.',
      kind: 'choice',
      choices: ['http-01-agent', 'http-01-web-root', 'dns-01-script'],
      default: 'http-01-web-root',
    },
    {
      name: 'responder_address',
      label: 'Responder address',
      help: 'Address of this machine to answer on.',
      kind: 'text',
      default: '0.0.0.0',
      when: { field: 'validation', is: ['http-01-agent'] },
      advanced: true,
    },
    {
      name: 'responder_port',
      label: 'Responder port',
      help: 'Port of this machine to answer on. The CA always asks on port 80.',
      kind: 'number',
      min: 1,
      max: 65535,
      default: 80,
      when: { field: 'validation', is: ['http-01-agent'] },
    },
    {
      name: 'web_root',
      label: 'Web root',
      help: 'Directory on the endpoint to write challenge files below. Default: the web root of the node.',
      kind: 'path',
      max: 4096,
      when: { field: 'validation', is: ['http-01-web-root'] },
    },
    {
      name: 'dns_add_script',
      label: 'DNS add script',
      help: 'Path of a script on this machine; arguments: record name, TXT value.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
      when: { field: 'validation', is: ['dns-01-script'] },
    },
    {
      name: 'dns_remove_script',
      label: 'DNS remove script',
      help: 'Path of a script on this machine; arguments: record name, TXT value.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
      when: { field: 'validation', is: ['dns-01-script'] },
    },
    {
      name: 'dns_timeout_seconds',
      label: 'DNS script timeout',
      help: 'Seconds after which a script is stopped.',
      kind: 'number',
      min: 1,
      max: 3600,
      default: 60,
      when: { field: 'validation', is: ['dns-01-script'] },
      advanced: true,
    },
    {
      name: 'dns_propagation_seconds',
      label: 'DNS propagation',
      help: 'Seconds to wait after adding a record.',
      kind: 'number',
      min: 0,
      max: 3600,
      default: 30,
      when: { field: 'validation', is: ['dns-01-script'] },
      advanced: true,
    },
    isDefault,
  ],
  settings,
  toFlat: (settings) => ({
    directory_url: settings.directoryUrl,
    contact: settings.contact,
    eab_key_id: settings.eabKeyId ?? undefined,
    agree_to_terms: settings.termsAgreed,
    trusted_roots: settings.trustedRootsPem ?? undefined,
    profile: settings.profile ?? undefined,
    ...flatValidation(settings.validation),
  }),
  fromFlat,
  place: ({ directoryUrl }) => directoryUrl,
  reached: ({ directoryUrl: url, trustedRootsPem }) => ({ url, trustedRootsPem }),
  webRoot: ({ validation }) =>
    validation.method === 'http-01-web-root' ? { named: validation.webRoot } : null,
  profiles: ({ profile }) => ({ preset: profile }),
  seals: { eab_hmac_key: 'eab-hmac' },
});

function fromFlat(flat: Flat): AcmeSettings {
  if (!yes(flat, 'agree_to_terms', false)) {
    throw new Failure('authority.terms-not-agreed', 'The terms of service of the CA were not agreed to.', {
      hint: 'Read them, then agree with --agree_to_terms true.',
    });
  }
  const directoryUrl = text(flat, 'directory_url') ?? '';
  if (!settings.shape.directoryUrl.safeParse(directoryUrl).success) {
    throw invalid(`The directory URL must be an https address, not "${directoryUrl}".`);
  }
  return {
    kind: 'acme',
    directoryUrl,
    contact: lines(flat, 'contact').map((line) => (line.includes(':') ? line : `mailto:${line}`)),
    eabKeyId: text(flat, 'eab_key_id'),
    trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')),
    profile: text(flat, 'profile'),
    termsAgreed: true,
    validation: validationOf(flat),
  };
}

function flatValidation(validation: ValidationSettings): Flat {
  switch (validation.method) {
    case 'http-01-agent':
      return {
        validation: validation.method,
        responder_address: validation.address,
        responder_port: validation.port,
      };
    case 'http-01-web-root':
      return { validation: validation.method, web_root: validation.webRoot ?? undefined };
    case 'dns-01-script':
      return {
        validation: validation.method,
        dns_add_script: validation.addScript,
        dns_remove_script: validation.removeScript,
        dns_timeout_seconds: validation.timeoutSeconds,
        dns_propagation_seconds: validation.propagationSeconds,
      };
    default:
      return validation satisfies never;
  }
}

function validationOf(flat: Flat): ValidationSettings {
  const method = text(flat, 'validation');
  if (method === 'http-01-agent') {
    return {
      method,
      address: text(flat, 'responder_address') ?? '0.0.0.0',
      port: number(flat, 'responder_port', 80),
    };
  }
  if (method === 'dns-01-script') {
    const addScript = script(flat, 'dns_add_script', 'DNS add script');
    const removeScript = script(flat, 'dns_remove_script', 'DNS remove script');
    return {
      method,
      addScript,
      removeScript,
      timeoutSeconds: number(flat, 'dns_timeout_seconds', 60),
      propagationSeconds: number(flat, 'dns_propagation_seconds', 30),
    };
  }
  const webRoot = text(flat, 'web_root');
  checkAbsolute('Web root', webRoot);
  return { method: 'http-01-web-root', webRoot };
}

function script(flat: Flat, name: string, label: string): string {
  const path = text(flat, name);
  if (path === null) throw invalid(`${label} is required for the validation dns-01-script.`);
  checkAbsolute(label, path);
  return path;
}
