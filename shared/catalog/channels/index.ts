import { idsOf, settingsOf, table } from '../definition.ts';
import { email } from './email.ts';
import { webhook } from './webhook.ts';

/** Every way out for notifications this build has an adapter for. */
export const channelCatalog = table({
  email,
  webhook,
});

/** What a person most likely adds. */
export const usualChannel = email;

export const channelKind = idsOf(channelCatalog);
export const channelSettings = settingsOf('kind', channelCatalog);
