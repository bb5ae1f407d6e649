import type { P12Settings } from '#shared/catalog/endpoints/p12.ts';
import { KeyStoreEndpoint } from '../common/key-store-endpoint.ts';
import type { EndpointProvider } from '../endpoint.ts';

export const p12: EndpointProvider<P12Settings> = {
  make: (settings, connection, tools) =>
    new KeyStoreEndpoint(
      settings,
      { options: { legacy: settings.isLegacy ?? undefined }, reader: 'openssl' },
      connection,
      tools,
    ),
};
