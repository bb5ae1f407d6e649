import { isDeepStrictEqual } from 'node:util';
import { changesOf } from '#shared/model/changes/index.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Database } from '../../database/database.ts';

/** More sentences help nobody. */
const shownAtMost = 10;

/**
 * Sentences about nodes of other endpoints on the same host whose certificate or key lies in a file that the plan replaces, as far as
 * their last discovery says. What else the endpoint itself has there, its own adapter says.
 */
export function alsoUses(database: Database, endpoint: Endpoint, install: InstallPlan): string[] {
  const links = install.standsOn.flatMap((one) => (one.what === 'link' ? [one.name] : []));
  const replaced = changesOf(install.changes, 'file').filter(({ holds }) => holds !== 'configuration');
  const paths = new Set([...replaced.map(({ path }) => path), ...links]);
  const others = database.endpoints
    .list()
    .filter((one) => one.id !== endpoint.id && isSameHost(one, endpoint));
  const users = others.flatMap((other) =>
    database.nodes
      .list(other.id)
      .filter(({ missingSince, certificatePath, keyPath }) =>
        [certificatePath, keyPath].some((path) => missingSince === null && path !== null && paths.has(path)),
      ),
  );
  const shown = users
    .slice(0, shownAtMost)
    .map(
      ({ name, endpointName, certificatePath }) =>
        `The node "${name}" of the endpoint "${endpointName}" uses ${certificatePath} as well: it gets the new content too.`,
    );
  const more = users.length - shown.length;
  return more > 0 ? [...shown, `So do ${more} more nodes of other endpoints.`] : shown;
}

/** By the address that is reached; whether two names lead to one host is not known. */
export function isSameHost({ connection: one }: Endpoint, { connection: other }: Endpoint): boolean {
  const [here, there] = [connectionDefinition(one).runsHere, connectionDefinition(other).runsHere];
  if (here || there) return here && there;
  const [at, otherAt] = [told(one).address, told(other).address];
  return (
    at !== null &&
    isDeepStrictEqual(
      { ...at, host: at.host.toLowerCase() },
      { ...otherAt, host: otherAt?.host.toLowerCase() },
    )
  );
}
