import { z } from 'zod';
import type { Field, Flat } from '../field.ts';
import { checkAbsolute, invalid, number, ownAddress, text } from '../flat.ts';

/** How control of a name is proved to an ACME CA. */
export const validation = z.discriminatedUnion('method', [
  /** The agent answers on `port` of its own machine, during validation only. */
  z.object({
    method: z.literal('http-01-agent'),
    address: z.string(),
    port: z.number().int().min(1).max(65535),
  }),
  /**
   * The agent answers TLS on `port` of its own machine, during validation only, with a certificate for the challenge alone
   * (RFC 8737). The CA asks on port 443.
   */
  z.object({
    method: z.literal('tls-alpn-01-agent'),
    address: z.string(),
    port: z.number().int().min(1).max(65535),
  }),
  /** A file is written below the node's web root (or `webRoot`) over the endpoint's connection. */
  z.object({ method: z.literal('http-01-web-root'), webRoot: z.string().nullable() }),
  /**
   * User scripts, run by absolute path with the arguments: fully qualified record name, TXT value.
   * Each run is ended after `timeoutSeconds`. After `add`, every authoritative name server is asked for up to
   * `waitSeconds`; where that is 0, or none of them answers, the agent waits `propagationSeconds` instead.
   */
  z.object({
    method: z.literal('dns-01-script'),
    addScript: z.string().min(1),
    removeScript: z.string().min(1),
    timeoutSeconds: z.number().int().min(1).max(3600),
    /** Settings of before it was there wait as they did. */
    waitSeconds: z.number().int().min(0).max(3600).default(0),
    propagationSeconds: z.number().int().min(0).max(3600),
  }),
]);
export type ValidationSettings = z.infer<typeof validation>;

export const validationFields: readonly Field[] = [
  {
    name: 'validation',
    label: 'Validation',
    help: 'How control of the names is proved to the CA.',
    kind: 'choice',
    choices: ['http-01-agent', 'http-01-web-root', 'tls-alpn-01-agent', 'dns-01-script'],
    default: 'http-01-web-root',
  },
  {
    name: 'responder_address',
    label: 'Responder address',
    help: 'IP address of this machine to answer on. Default: 0.0.0.0, all of them.',
    kind: 'text',
    default: '0.0.0.0',
    when: { field: 'validation', is: ['http-01-agent'] },
    advanced: true,
  },
  {
    name: 'responder_port',
    label: 'Responder port',
    help: 'Port of this machine to answer on (default 80). The CA always asks on port 80.',
    kind: 'number',
    min: 1,
    max: 65535,
    default: 80,
    when: { field: 'validation', is: ['http-01-agent'] },
  },
  {
    name: 'tls_alpn_address',
    label: 'TLS responder address',
    help: 'IP address of this machine to answer TLS challenges on. Default: 0.0.0.0, all of them.',
    kind: 'text',
    default: '0.0.0.0',
    when: { field: 'validation', is: ['tls-alpn-01-agent'] },
    advanced: true,
  },
  {
    name: 'tls_alpn_port',
    label: 'TLS responder port',
    help: 'Port of this machine to answer TLS challenges on (default 443). The CA always asks on port 443, so another port needs what forwards them.',
    kind: 'number',
    min: 1,
    max: 65535,
    default: 443,
    when: { field: 'validation', is: ['tls-alpn-01-agent'] },
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
    help: 'Seconds after which a script is stopped (1 to 3600, default 60).',
    kind: 'number',
    min: 1,
    max: 3600,
    default: 60,
    when: { field: 'validation', is: ['dns-01-script'] },
    advanced: true,
  },
  {
    name: 'dns_wait_seconds',
    label: 'DNS wait',
    help: 'Seconds to wait at most until every authoritative name server shows the record (0 to 3600, default 120). 0: they are not asked.',
    kind: 'number',
    min: 0,
    max: 3600,
    default: 120,
    when: { field: 'validation', is: ['dns-01-script'] },
    advanced: true,
  },
  {
    name: 'dns_propagation_seconds',
    label: 'DNS propagation',
    help: 'Seconds to wait after adding a record where its name servers are not asked or do not answer (0 to 3600, default 30).',
    kind: 'number',
    min: 0,
    max: 3600,
    default: 30,
    when: { field: 'validation', is: ['dns-01-script'] },
    advanced: true,
  },
];

export function flatValidation(validation: ValidationSettings): Flat {
  switch (validation.method) {
    case 'http-01-agent':
      return {
        validation: validation.method,
        responder_address: validation.address,
        responder_port: validation.port,
      };
    case 'tls-alpn-01-agent':
      return {
        validation: validation.method,
        tls_alpn_address: validation.address,
        tls_alpn_port: validation.port,
      };
    case 'http-01-web-root':
      return { validation: validation.method, web_root: validation.webRoot ?? undefined };
    case 'dns-01-script':
      return {
        validation: validation.method,
        dns_add_script: validation.addScript,
        dns_remove_script: validation.removeScript,
        dns_timeout_seconds: validation.timeoutSeconds,
        dns_wait_seconds: validation.waitSeconds,
        dns_propagation_seconds: validation.propagationSeconds,
      };
    default:
      return validation satisfies never;
  }
}

export function validationOf(flat: Flat): ValidationSettings {
  const method = text(flat, 'validation');
  if (method === 'http-01-agent') {
    return {
      method,
      address: ownAddress('Responder address', text(flat, 'responder_address')),
      port: number(flat, 'responder_port', 80),
    };
  }
  if (method === 'tls-alpn-01-agent') {
    return {
      method,
      address: ownAddress('TLS responder address', text(flat, 'tls_alpn_address')),
      port: number(flat, 'tls_alpn_port', 443),
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
      waitSeconds: number(flat, 'dns_wait_seconds', 120),
      propagationSeconds: number(flat, 'dns_propagation_seconds', 30),
    };
  }
  const webRoot = text(flat, 'web_root');
  checkAbsolute('Web root', webRoot);
  return { method: 'http-01-web-root', webRoot };
}

/** A wildcard is proved by DNS alone (RFC 8555 7.1.3, CA/Browser Forum 3.2.2.4), an address never by DNS (RFC 8738 7). */
export function unprovable(
  method: ValidationSettings['method'],
  names: readonly string[],
): { names: string[]; because: string; hint: string } | null {
  const byDns = method === 'dns-01-script';
  const found = names.filter((name) => (byDns ? isAddress(name) : name.startsWith('*.')));
  if (found.length === 0) return null;
  const because = byDns
    ? `its validation is ${method}, and control of an IP address cannot be proved by DNS`
    : `its validation is ${method}, and control of a wildcard name is proved by DNS (dns-01) alone`;
  const other = byDns ? 'http-01-agent, http-01-web-root or tls-alpn-01-agent' : 'dns-01-script';
  return {
    names: found,
    because,
    hint: `Set the validation of the authority to ${other}, choose another authority, or leave out these names.`,
  };
}

const isAddress = (name: string) => name.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);

function script(flat: Flat, name: string, label: string): string {
  const path = text(flat, name);
  if (path === null) throw invalid(`${label} is required for the validation dns-01-script.`);
  checkAbsolute(label, path);
  return path;
}
