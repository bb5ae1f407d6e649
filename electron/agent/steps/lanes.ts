import { atMost } from '#kit/in-turns.ts';
import type { ProbeTls } from './step.ts';

/** Handshakes with one address, whatever asks for them: more at a time could leave none for its clients. */
export const handshakesAtOnce = 8;

/** Of each way to look, by address; gone when no one waits there. */
const lanes = new WeakMap<ProbeTls, Map<string, Lane>>();

interface Lane {
  probe: ProbeTls;
  users: number;
}

/** Looks once its address has room: at most 8 handshakes at a time with each, over all nodes and whoever asks. */
export async function probeInLane(probeTls: ProbeTls, target: Parameters<ProbeTls>[0]): ReturnType<ProbeTls> {
  const own = lanes.get(probeTls) ?? new Map<string, Lane>();
  lanes.set(probeTls, own);
  const lane = own.get(target.address) ?? { probe: atMost(handshakesAtOnce, probeTls), users: 0 };
  own.set(target.address, lane);
  lane.users += 1;
  try {
    return await lane.probe(target);
  } finally {
    lane.users -= 1;
    if (lane.users === 0) own.delete(target.address);
  }
}
