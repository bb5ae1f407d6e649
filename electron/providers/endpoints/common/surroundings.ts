import type { InstallPlan, PlannedListener, PlannedNeighbour, PlannedProof } from '#shared/model/plan.ts';

/** More handshakes than these would take longer than the change itself. */
const mostNeighbours = 200;
const mostListeners = 100;

/** What else a server serves and where it listens, as a plan has it, with sentences about what is not compared. */
export type Surroundings = Required<Pick<InstallPlan, 'neighbours' | 'listeners'>> & { warnings: string[] };

/** As many of them as are compared, those at the places of `proofs` first. `apart`: listeners out of reach. */
export function within(
  all: { neighbours: PlannedNeighbour[]; listeners: PlannedListener[]; apart: number },
  proofs: readonly PlannedProof[],
): Surroundings {
  const own = new Set(proofs.map(placeOf));
  const nearest = all.neighbours.toSorted(
    (a, b) => Number(own.has(placeOf(b))) - Number(own.has(placeOf(a))),
  );
  const { listeners, apart } = all;
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

/** The same for the same address and port. */
export const placeOf = ({ address, port }: PlannedListener): string => `${address} ${port}`;
