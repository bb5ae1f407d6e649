import type { PlannedListener, PlannedNeighbour } from '#shared/model/plan.ts';
import { dialledFor, isOutOfReach } from '../common/dialled.ts';
import { familyOf } from '../common/on-disk.ts';
import { placeOf, type Surroundings, within } from '../common/surroundings.ts';
import type { Destination } from './destination.ts';
import type { ApacheNode } from './nodes.ts';
import type { PlanFacts } from './plan-facts.ts';
import { hostLabel } from './sharing.ts';

/** What else this Apache serves and where it listens: every reload touches all of it, whatever was changed. */
export function surroundings(facts: PlanFacts, goal: Destination): Surroundings {
  const { listeners, connection, chosen } = facts;
  const apart = listeners.filter((one) => isOutOfReach(one, connection.dialAddress)).length;
  const found = new Map<string, PlannedListener>();
  for (const one of listeners) {
    if (isOutOfReach(one, connection.dialAddress)) continue;
    const listener = { address: dialledFor(one, connection.dialAddress), port: one.port };
    found.set(placeOf(listener), listener);
  }
  const neighbours = facts.nodes.flatMap((node) => neighboursAt(facts, goal, node));
  return within({ neighbours, listeners: [...found.values()], apart }, chosen.places.proofs);
}

function neighboursAt(facts: PlanFacts, goal: Destination, other: ApacheNode): PlannedNeighbour[] {
  if (other.node.key === facts.chosen.node.key) return [];
  const path = other.pair?.certificate.path ?? null;
  const keyAlgorithm = other.host.pairs.length < 2 ? null : familyOf(path === null ? null : facts.read(path));
  const shows = path !== null && facts.real(path) === goal.certificate;
  return other.places.proofs.map((proof) => ({
    ...proof,
    who: hostLabel(other.host),
    ...(keyAlgorithm === null ? {} : { keyAlgorithm }),
    expects: shows ? 'new-certificate' : 'as-before',
    certificatePath: path,
  }));
}
