import {
  restInsecure as definition,
  type RestInsecureSettings,
} from '#shared/catalog/connections/rest_insecure.ts';
import { endOf } from '#shared/catalog/connections/unverified.ts';
import { Failure } from '#shared/failure.ts';
import { connectIcontrol } from '../common/icontrol.ts';
import { isRefused } from '../common/icontrol-failures.ts';
import { withSecondChance } from '../common/second-chance.ts';
import type { ConnectionProvider, RestConnection } from '../connection.ts';

export const restInsecure: ConnectionProvider<RestInsecureSettings, RestConnection> = {
  async connect(settings, login, tools) {
    const { host, until } = settings;
    if (tools.clock.now() >= (endOf(until) ?? 0))
      throw new Failure(
        'unverified.ended',
        `The connection to ${host} was allowed to go unverified until ${until}, which has passed.`,
        {
          hint: 'Pin the certificate or have a trusted one installed, and choose the connection type that verifies it; or set a later day with --unverified_until.',
        },
      );
    return withSecondChance(login, tools, isRefused, (material) =>
      connectIcontrol({ ...settings, expected: 'any', described: definition.described }, material, tools),
    );
  },
};
