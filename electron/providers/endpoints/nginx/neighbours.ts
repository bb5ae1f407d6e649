import type { InstallPlan, PlannedListener, PlannedNeighbour } from '#shared/model/plan.ts';
import { blocksAt } from './choice.ts';
import type { Destination } from './destination.ts';
import { familyOf, type NginxNode } from './nodes.ts';
import { dialledFor } from './places.ts';
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
  const cut = [
    tooMany(nearest.length - mostNeighbours, 'other name', 'served as before'),
    tooMany(listeners.length - mostListeners, 'listener', 'still up'),
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
  const disk = other.pair?.certificate.path ? facts.read(other.pair.certificate.path) : null;
  const keyAlgorithm = other.server.pairs.length < 2 ? null : familyOf(disk);
  return other.places.proofs.map((proof) => ({
    ...proof,
    who: serverLabel(other.server),
    ...(keyAlgorithm === null ? {} : { keyAlgorithm }),
    expects: showsNew(facts, goal, other, proof) ? 'new-certificate' : 'as-before',
    onDisk: disk?.facts.fingerprint ?? null,
  }));
}

/** Because its files are the ones that are replaced, or because it has none and the block chosen here answers for it. */
function showsNew(
  facts: PlanFacts,
  goal: Destination,
  other: NginxNode,
  { port }: { port: number },
): boolean {
  const { chosen, servers, real } = facts;
  const path = other.pair?.certificate.path ?? null;
  if (path !== null) return real(path) === goal.certificate;
  return other.server.listens.some(
    (listen) =>
      listen.port === port && blocksAt(servers, other.server.context, listen.address)[0] === chosen.server,
  );
}

function listenersOf({ servers, connection }: PlanFacts): PlannedListener[] {
  const found = new Map<string, PlannedListener>();
  for (const listen of servers.flatMap(({ listens }) => listens)) {
    if (listen.quic) continue;
    const listener = { address: dialledFor(listen, connection.dialAddress), port: listen.port };
    found.set(placeOf(listener), listener);
  }
  return [...found.values()];
}

const placeOf = ({ address, port }: PlannedListener): string => `${address} ${port}`;
