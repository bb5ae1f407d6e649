import type { F5Settings } from '#shared/catalog/endpoints/f5.ts';
import type { RequestEndpointProvider } from '../endpoint.ts';
import { F5Endpoint } from './f5.ts';

export const f5: RequestEndpointProvider<F5Settings> = {
  over: (settings, connection, tools) => new F5Endpoint(settings, connection, tools),
};
