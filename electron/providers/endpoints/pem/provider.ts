import type { PemSettings } from '#shared/catalog/endpoints/pem.ts';
import type { EndpointProvider } from '../endpoint.ts';
import { PemEndpoint } from './pem.ts';

export const pem: EndpointProvider<PemSettings> = {
  make: (settings, connection, tools) => new PemEndpoint(settings, connection, tools),
};
