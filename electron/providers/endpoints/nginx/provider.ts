import type { NginxSettings } from '#shared/catalog/endpoints/nginx.ts';
import type { EndpointProvider } from '../endpoint.ts';
import { NginxEndpoint } from './nginx.ts';

export const nginx: EndpointProvider<NginxSettings> = {
  make: (settings, connection, tools) => new NginxEndpoint(settings, connection, tools),
};
