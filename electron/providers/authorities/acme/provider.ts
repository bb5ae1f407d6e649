import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import type { AuthorityProvider } from '../authority.ts';
import { AcmeAuthority } from './acme.ts';

export const acme: AuthorityProvider<AcmeSettings> = {
  make: ({ http, responder, alpnResponder, dns, ...parts }) =>
    new AcmeAuthority({
      ...parts,
      http: http(),
      responder: responder(),
      alpnResponder: alpnResponder(),
      dns: dns(),
    }),
};
