import { type ConnectionSettings, described } from '#shared/model/connection.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { EndpointSpec } from './endpoint-specs.ts';
import { noProgram } from './failures.ts';
import { reload } from './plan-nginx.ts';
import { configurationFine } from './said-by-others.ts';

const good = (name: CheckName, sentence: string): ProbeCheck => ({ name, ok: true, sentence });

export const programCheck = good(
  'program',
  'nginx/1.26.2 at /usr/sbin/nginx, configuration /etc/nginx/nginx.conf.',
);

/** What an endpoint answered when it was asked for all that an install needs. */
export function checksOf(spec: EndpointSpec, connection: ConnectionSettings): ProbeCheck[] {
  const description = described(connection);
  const own = connection.type === 'local';
  const used = own ? "user root, the agent's own" : `user ${spec.login?.[1] ?? 'trustkeep'}, private key`;
  const connected = good('connect', `Connected: ${description}, ${used}.`);
  if (spec.broken) return [connected, noProgramAt(description)];
  return [connected, ...(spec.type === 'nginx' ? ofNginx(spec) : ofFile(spec))];
}

function noProgramAt(description: string): ProbeCheck {
  const { message, hint } = noProgram(description);
  return { name: 'program', ok: false, sentence: `${message} ${hint}` };
}

function ofNginx({ name, nodes }: EndpointSpec): ProbeCheck[] {
  const { length: count } = nodes;
  return [
    programCheck,
    good(
      'configuration',
      `nginx accepts its configuration (${count} server block${count === 1 ? '' : 's'}): ${configurationFine}`,
    ),
    good('running', `nginx is running (process 812). Reload command: ${reload.argv.join(' ')}.`),
    good('write', `Certificates, keys and configuration are writable (/etc/nginx/tls/${name}, /etc/nginx).`),
    good('openssl', 'OpenSSL 3.0.15: private keys can be generated on the endpoint.'),
  ];
}

function ofFile({ name, nodes }: EndpointSpec): ProbeCheck[] {
  const directory = `/etc/ssl/${name}`;
  return [
    good('file', `${directory}/fullchain.pem contains 2 certificates for ${nodes[0]?.names.join(', ')}.`),
    good('pair', 'The private key matches the certificate.'),
    good('write', `The files can be replaced (${directory}).`),
    good('restart-script', '/usr/local/sbin/reload-tls exists and can be run.'),
  ];
}
