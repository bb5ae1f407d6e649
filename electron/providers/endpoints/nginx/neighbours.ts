import type { InstallPlan, PlannedListener, PlannedNeighbour, PlannedProof } from '#shared/model/plan.ts';
import { blocksAt } from './choice.ts';
import type { Destination } from './destination.ts';
import { familyOf, type NginxNode } from './nodes.ts';
import { dialFor, dialledFor, isOutOfReach } from './places.ts';
import type { PlanFacts } from './plan-facts.ts';
import { serverLabel } from './sharing.ts';

/** More handshakes than these would take longer than the change itself. */
const mostNeighbours = 200;
const mostListeners = 100;

/** What else this nginx serves and where it listens: every reload touches all of it, whatever was changed. */
export function surroundings(
  facts: PlanFacts,
  goal: Destination,
): Required<Pick<InstallPlan, 'neighbours' | 'listeners'>> & { warnings: string[] } {
  const all = facts.nodes.flatMap((node) => neighboursAt(facts, goal, node));
  const own = new Set(facts.chosen.places.proofs.map(placeOf));
  const nearest = all.sort((a, b) => Number(own.has(placeOf(b))) - Number(own.has(placeOf(a))));
  const listeners = listenersOf(facts);
  const apart = facts.servers
    .flatMap(({ listens }) => listens)
    .filter((listen) => isOutOfReach(listen, facts.connection.dialAddress)).length;
  const cut = [
    tooMany(nearest.length - mostNeighbours, 'other name', 'served as before'),
    tooMany(listeners.length - mostListeners, 'listener', 'still up'),
    apart === 0
      ? null
      : `${apart} listener${apart === 1 ? '' : 's'} on the loopback address of the server cannot be reached from here and will not be checked.`,
  ];
  return {
    neighbours: nearest.slice(0, mostNeighbours),
    listeners: listeners.slice(0, mostListeners),
    warnings: cut.filter((sentence) => sentence !== null),
  };
}

function tooMany(count: number, what: string, state: string): string | null {
  if (count <= 0) return null;
  return `${count} ${what}${count === 1 ? ' is' : 's are'} not checked to be ${state} after the change, because there are too many.`;
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

const placeOf = ({ address, port }: PlannedListener): string => `${address} ${port}`;
