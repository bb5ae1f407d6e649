import { never } from '#kit/never.ts';
import type { EndpointSettings } from '#shared/model/endpoint.ts';
import type { HostConnection } from '../connections/connection.ts';
import type { EndpointTools } from './common/tools.ts';
import type { Endpoint, RunsScripts } from './endpoint.ts';
import { NginxEndpoint } from './nginx/nginx.ts';
import { PemEndpoint } from './pem/pem.ts';

/** The adapter of an endpoint type over a connection, which stays the caller's to close. */
export function makeEndpoint(
  settings: EndpointSettings,
  connection: HostConnection,
  tools: EndpointTools,
): Endpoint & Partial<RunsScripts> {
  switch (settings.type) {
    case 'nginx':
      return new NginxEndpoint(settings, connection, tools);
    case 'pem':
      return new PemEndpoint(settings, connection, tools);
    default:
      return never(settings);
  }
}
