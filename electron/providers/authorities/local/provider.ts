import type { LocalSettings } from '#shared/catalog/authorities/local.ts';
import type { AuthorityProvider } from '../authority.ts';
import { makeLocalAuthority } from './local.ts';

export const local: AuthorityProvider<LocalSettings> = {
  make: ({ settings, state, clock, log }) => makeLocalAuthority({ settings, state, clock, log }),
};
