import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import type { AuthorityProvider } from '../authority.ts';
import { makeAcmeAuthority } from './acme.ts';

export const acme: AuthorityProvider<AcmeSettings> = {
  make: ({ http, responder, ...parts }) =>
    makeAcmeAuthority({ ...parts, http: http(), responder: responder() }),
};
