import type { PlannedListener, PlannedNeighbour, PlannedProof } from '#shared/model/plan.ts';
import { dialledFor, isOutOfReach } from '../common/dialled.ts';
import { familyOf } from '../common/on-disk.ts';
import { placeOf, type Surroundings, within } from '../common/surroundings.ts';
import { blocksAt } from './choice.ts';
import type { Destination } from './destination.ts';
import type { NginxNode } from './nodes.ts';
import { dialFor } from './places.ts';
import type { PlanFacts } from './plan-facts.ts';
import { serverLabel } from './sharing.ts';

/** What else this nginx serves and where it listens: every reload touches all of it, whatever was changed. */
export function surroundings(facts: PlanFacts, goal: Destination): Surroundings {
  const all = facts.nodes.flatMap((node) => neighboursAt(facts, goal, node));
  const apart = facts.servers
    .flatMap(({ listens }) => listens)
    .filter((listen) => isOutOfReach(listen, facts.connection.dialAddress)).length;
  return within({ neighbours: all, listeners: listenersOf(facts), apart }, facts.chosen.places.proofs);
}

function neighboursAt(facts: PlanFacts, goal: Destination, other: NginxNode): PlannedNeighbour[] {
  if (other.node.key === facts.chosen.node.key) return [];
  const path = other.pair?.certificate.path ?? null;
  const disk = path === null ? null : facts.read(path);
  const keyAlgorithm = other.server.pairs.length < 2 ? null : familyOf(disk);
  return other.places.proofs.map((proof) => ({
    ...proof,
    who: serverLabel(other.server),
    ...(keyAlgorithm === null ? {} : { keyAlgorithm }),
    expects: showsNew(facts, goal, other, proof) ? 'new-certificate' : 'as-before',
    certificatePath: path,
  }));
}

/**
 * Because its file is the one that is replaced, or because it has none at all and the block chosen here answers for it
 * there. A certificate that is no file (`data:`, `engine:`, a path with variables) is not ours, whatever it is.
 */
function showsNew(facts: PlanFacts, goal: Destination, other: NginxNode, proof: PlannedProof): boolean {
  const { chosen, servers, real, connection } = facts;
  if (other.pair !== null) {
    const { path } = other.pair.certificate;
    return path !== null && real(path) === goal.certificate;
  }
  const { context, listens } = other.server;
  return listens.some(
    (listen) =>
      listen.port === proof.port &&
      dialFor(servers, context, listen, connection.dialAddress) === proof.address &&
      blocksAt(servers, context, listen.address)[0] === chosen.server,
  );
}

function listenersOf({ servers, connection }: PlanFacts): PlannedListener[] {
  const found = new Map<string, PlannedListener>();
  for (const listen of servers.flatMap(({ listens }) => listens)) {
    if (listen.quic || isOutOfReach(listen, connection.dialAddress)) continue;
    const listener = { address: dialledFor(listen, connection.dialAddress), port: listen.port };
    found.set(placeOf(listener), listener);
  }
  return [...found.values()];
}
