import { addAudit } from './audit.ts';
import { authorities } from './authorities.ts';
import { richCredentials } from './credentials.ts';
import { addEndpoint } from './endpoints.ts';
import { inside } from './inside.ts';
import { addNotifications } from './notifications.ts';
import { addOrders } from './orders.ts';
import { outside } from './outside.ts';
import { richProxy, richTrips } from './proxy.ts';
import { addRenewals } from './renewals.ts';
import { richStores } from './stores.ts';
import { addTasks } from './tasks.ts';
import { emptyWorld, type World } from './world.ts';

/** A middling network, 12 endpoints and 30 nodes, and what the agent did there: something in every state. */
export function richWorld(now: number): World {
  const world = emptyWorld(now);
  world.authorities.push(...authorities(now));
  for (const spec of [...outside, ...inside]) addEndpoint(world, spec);
  world.stores = richStores(now);
  world.credentials = richCredentials(now);
  world.proxy = { ...richProxy };
  world.trips = richTrips;
  addTasks(world);
  addOrders(world);
  addRenewals(world);
  addNotifications(world);
  addAudit(world);
  return world;
}
