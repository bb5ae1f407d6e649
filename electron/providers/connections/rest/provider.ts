import { rest as definition, type RestSettings } from '#shared/catalog/connections/rest.ts';
import { connectIcontrol } from '../common/icontrol.ts';
import { isRefused } from '../common/icontrol-failures.ts';
import { withSecondChance } from '../common/second-chance.ts';
import type { ConnectionProvider, RestConnection } from '../connection.ts';
import { expectedOf } from './identity.ts';

export const rest: ConnectionProvider<RestSettings, RestConnection> = {
  connect: (settings, login, tools) =>
    withSecondChance(login, tools, isRefused, async (material, met, onIdentity) => {
      const pinned = met ?? settings.certificate;
      const expected = settings.pins
        ? await expectedOf({ ...settings, pinned }, { ...tools, onIdentity })
        : undefined;
      return connectIcontrol({ ...settings, expected, described: definition.described }, material, tools);
    }),
};
