import { makeChance } from './random.ts';
import type { RotationDatabase } from './rotation-database.ts';

/** Kills a process that rotates, at random moments. Gives how many rotations were through, and what was wrong. */
export async function rotationRounds(
  fixture: RotationDatabase,
  rounds: number,
  seed: number,
): Promise<{ rotated: number; unfinished: number; findings: string[] }> {
  const chance = makeChance(seed);
  const sum = { rotated: 0, unfinished: 0, findings: [] as string[] };
  for (let round = 0; round < rounds; round += 1) {
    const kill = { after: round % 2 === 0 ? 'its begin' : 'a rotation', ms: chance.int(500) } as const;
    const said = await fixture.run('never', kill);
    sum.rotated += said.filter((line) => line === 'rotated').length;
    try {
      if ((await fixture.inspect(said)).unfinished) sum.unfinished += 1;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      sum.findings.push(`round ${round + 1}, killed ${kill.ms} ms after ${kill.after}: ${message}`);
    }
  }
  return sum;
}
