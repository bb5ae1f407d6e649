import { idsOf, settingsOf, table } from '../definition.ts';
import { acme } from './acme.ts';
import { local } from './local.ts';

/** Every kind of authority this build has an adapter for. */
export const authorityCatalog = table({
  local,
  acme,
});

export const authorityKind = idsOf(authorityCatalog);
export const authoritySettings = settingsOf('kind', authorityCatalog);

/** What a fresh installation orders from, and what a person most likely adds. */
export const ownAuthority = local;
export const usualAuthority = acme;
