import { updateScenes } from './autoupdate.ts';
import { manyCredentials } from './credentials.ts';
import { exampleEndpoint } from './endpoints.ts';
import { type Keychain, readyKeychain, recoveryKey, troubledKeychain } from './keychain.ts';
import { manyNames } from './many-names.ts';
import { manyNotifications, someChannels } from './notified.ts';
import { richWorld } from './rich.ts';
import { forgery } from './said-by-others.ts';
import { day, emptyWorld, hour, minute, type World } from './world.ts';

/** The worlds a page can be opened in. */
export function makeScene(name: string, now: number): World {
  const make = scenes[name];
  if (make === undefined) throw new Error(`scene:${name}`);
  return make(now);
}

export const scenes: Record<string, (now: number) => World> = {
  rich: richWorld,
  empty: emptyWorld,
  'many-names': manyNames,
  'large-endpoints': (now) => ({ ...richWorld(now), largeEndpoints: true }),
  calm: (now) => {
    const world = richWorld(now);
    for (const node of world.nodes)
      if (node.certificate !== null)
        node.served = { ...node.served, state: 'same', sentence: 'It serves the certificate on disk.' };
    return { ...world, approvals: [], notifications: [] };
  },
  many: (now) => withEndpoints(richWorld(now), 1000),
  vast: (now) => withEndpoints(emptyWorld(now), 100_000),
  // numbers as large as an administrator of many hosts has them
  'many-credentials': (now) => ({ ...richWorld(now), credentials: manyCredentials(now, 100_000) }),
  'many-tasks': (now) => {
    const world = richWorld(now);
    const [task, order] = [world.tasks.find(({ finishedAt }) => finishedAt !== null), world.orders[0]];
    if (task === undefined || order === undefined) throw new Error('scene:many-tasks');
    const each = Array.from({ length: 1500 }, (_, at) => at + 1);
    world.tasks = each.map((at) => ({ ...task, id: `task_${at}`, createdAt: now - at * minute }));
    world.orders = each.map((number) => ({ ...order, id: `ord_${number}`, number }));
    return world;
  },
  passphrase: (now) => {
    const world = richWorld(now);
    world.status.keychain = readyKeychain('passphrase');
    return world;
  },
  paused: (now) => {
    const world = richWorld(now);
    world.status.pause = { since: now - minute, until: now + 14 * hour };
    return world;
  },
  channels: (now) => ({ ...richWorld(now), channels: someChannels(now) }),
  'many-notifications': (now) => ({ ...richWorld(now), notifications: manyNotifications(now, 3000) }),
  // a trial of a minute lasts a second and a half
  hurried: (now) => ({ ...richWorld(now), pace: 0.025 }),
  'first-start': (now) => withKeychain(now, troubledKeychain(null, 'not-chosen')),
  recovery: (now) => {
    const world = emptyWorld(now);
    world.status.keychain.recoveryKeyWaiting = true;
    world.recoveryKey = recoveryKey;
    return world;
  },
  locked: (now) => withKeychain(now, troubledKeychain('passphrase', 'locked')),
  missing: (now) => withKeychain(now, troubledKeychain('os-keychain', 'missing')),
  broken: (now) => {
    const world = richWorld(now);
    world.audit = world.audit.map((entry) => (entry.number === 31 ? { ...entry, sentence: forgery } : entry));
    return world;
  },
};

/** So many, of every type and in every state there is. */
function withEndpoints(world: World, number: number): World {
  const kinds = richWorld(world.now).endpoints;
  world.endpoints = Array.from({ length: number }, (_, index) => ({
    ...(kinds[index % kinds.length] ?? exampleEndpoint(world.now)),
    id: `ep_many${index}`,
    name: `edge-${String(index).padStart(String(number - 1).length + 1, '0')}`,
  }));
  return world;
}
for (const [name, updates] of Object.entries(updateScenes))
  scenes[name] = (now) => ({ ...richWorld(now), updates: updates(now) });

function withKeychain(now: number, keychain: Keychain): World {
  const world = richWorld(now);
  world.status.startedAt = now - day;
  world.status.keychain = keychain;
  return world;
}
