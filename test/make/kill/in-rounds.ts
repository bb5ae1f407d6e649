import { join } from 'node:path';
import { keep, newTally, type Tally } from './tally.ts';
import type { World } from './world.ts';

export interface Rounds {
  /** Where the world is made, and what is kept of findings. */
  directory: string;
  keepIn: string;
  rounds: number;
  seed: number;
  /** True: no further round is begun. */
  enough(): boolean;
}

/** What came of one round: what is wrong, and all it takes to see it again. */
interface Ended {
  wrong: readonly string[];
  saidOf: string;
}

/** Makes rounds in one world, which is made again after a finding; its state is then kept below `keepIn`. */
export async function inRounds<P extends { world: World }>(
  { keepIn, rounds, seed, enough }: Rounds,
  make: () => Promise<P>,
  oneRound: (place: P, tally: Tally) => Promise<Ended>,
): Promise<Tally> {
  const tally = newTally();
  let place = await make();
  try {
    for (let at = 1; at <= rounds && !enough(); at += 1) {
      const { wrong, saidOf } = await oneRound(place, tally);
      tally.rounds += 1;
      if (wrong.length === 0) continue;
      const line = `seed ${seed}, round ${at}: ${saidOf}: ${wrong.join('; ')}`;
      tally.findings.push(await keep(place.world, join(keepIn, `seed-${seed}-round-${at}`), line));
      await place.world.stop();
      place = await make();
    }
  } finally {
    await place.world.stop();
  }
  return tally;
}
