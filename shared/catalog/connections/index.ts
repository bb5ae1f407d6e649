import { idsOf, settingsOf, table } from '../definition.ts';
import { local } from './local.ts';
import { rest } from './rest.ts';
import { restInsecure } from './rest_insecure.ts';
import { ssh } from './ssh.ts';

/** Every connection type this build has an adapter for. */
export const connectionCatalog = table({ local, ssh, rest, rest_insecure: restInsecure });

export const connectionType = idsOf(connectionCatalog);
export const connectionSettings = settingsOf('type', connectionCatalog);

/** How an endpoint is reached unless something else is said. */
export const usualConnection = local;
