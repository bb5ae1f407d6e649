import type { JksSettings } from '#shared/catalog/endpoints/jks.ts';
import { KeyStoreEndpoint } from '../common/key-store-endpoint.ts';
import type { EndpointProvider } from '../endpoint.ts';

export const jks: EndpointProvider<JksSettings> = {
  make: (settings, connection, tools) =>
    new KeyStoreEndpoint(settings, { options: {}, reader: 'keytool' }, connection, tools),
};
