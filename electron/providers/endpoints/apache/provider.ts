import type { ApacheSettings } from '#shared/catalog/endpoints/apache.ts';
import type { EndpointProvider } from '../endpoint.ts';
import { ApacheEndpoint } from './apache.ts';

export const apache: EndpointProvider<ApacheSettings> = {
  make: (settings, connection, tools) => new ApacheEndpoint(settings, connection, tools),
};
