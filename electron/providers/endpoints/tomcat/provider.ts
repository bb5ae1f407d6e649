import type { TomcatSettings } from '#shared/catalog/endpoints/tomcat.ts';
import type { EndpointProvider } from '../endpoint.ts';
import { TomcatEndpoint } from './tomcat.ts';

export const tomcat: EndpointProvider<TomcatSettings> = {
  make: (settings, connection, tools) => new TomcatEndpoint(settings, connection, tools),
};
