import { richWorld } from './rich.ts';
import { manyCredentials } from './rich-stores.ts';
import { day, emptyWorld, type World } from './world.ts';

/** The worlds a page can be opened in. */
export function makeScene(name: string, now: number): World {
  const make = scenes[name];
  if (make === undefined) throw new Error(`no scene ${name}`);
  return make(now);
}

const scenes: Record<string, (now: number) => World> = {
  rich: richWorld,
  empty: emptyWorld,
  calm: (now) => {
    const world = richWorld(now);
    for (const node of world.nodes)
      if (node.certificate !== null) node.served = { ...node.served, state: 'same', sentence: 'Served.' };
    return { ...world, approvals: [], notifications: [] };
  },
  many: (now) => {
    const world = richWorld(now);
    const first = world.endpoints[0];
    if (first !== undefined)
      world.endpoints = Array.from({ length: 1000 }, (_, index) => ({
        ...first,
        id: `ep_many${index}`,
        name: `edge-${String(index).padStart(4, '0')}`,
      }));
    return world;
  },
  // numbers as large as an administrator of many hosts has them
  'many-credentials': (now) => ({ ...richWorld(now), credentials: manyCredentials(now, 100_000) }),
  passphrase: (now) => {
    const world = richWorld(now);
    world.status.keychain.kind = 'passphrase';
    return world;
  },
  // a trial of a minute lasts a second and a half
  hurried: (now) => ({ ...richWorld(now), pace: 0.025 }),
  'first-start': (now) =>
    withKeychain(
      now,
      null,
      'not-chosen',
      'This machine has no keychain, so the key that protects stored passwords needs another place.',
    ),
  recovery: (now) => {
    const world = emptyWorld(now);
    world.status.keychain.recoveryKeyWaiting = true;
    world.recoveryKey = 'TK1-7QXM-4FKD-W2PN-9RTB-H6SC-3VJA-8YLE-5GZU';
    return world;
  },
  locked: (now) =>
    withKeychain(now, 'passphrase', 'locked', 'The stored secrets are locked until the passphrase is typed.'),
  missing: (now) =>
    withKeychain(
      now,
      'os-keychain',
      'missing',
      'The keychain lost the entry of Trustkeep. The stored secrets are intact and can be opened with the recovery key.',
    ),
  broken: (now) => {
    const world = richWorld(now);
    world.audit = world.audit.map((entry) =>
      entry.number === 31 ? { ...entry, sentence: 'Changed by hand.' } : entry,
    );
    return world;
  },
};

type Keychain = World['status']['keychain'];

function withKeychain(
  now: number,
  kind: Keychain['kind'],
  state: Keychain['state'],
  sentence: string,
): World {
  const world = now === 0 ? emptyWorld(now) : richWorld(now);
  world.status.startedAt = now - day;
  world.status.keychain = { kind, state, sentence, recoveryKeyWaiting: false };
  return world;
}
