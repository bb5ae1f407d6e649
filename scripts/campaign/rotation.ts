import { rotationDatabase } from '../../test/make/rotation-database.ts';
import { rotationRounds } from '../../test/make/rotation-rounds.ts';
import type { Campaign, Outcome } from './campaign.ts';
import { number } from './page.ts';

export const rotation: Campaign = {
  about:
    'A process that rotates the master key again and again, over 3,000 sealed values, and stores values meanwhile is killed at a random moment. Afterwards everything opens, what was acknowledged is there, and no key is left over.',
  rounds: 200,
  async run(rounds, seed): Promise<Outcome> {
    const fixture = await rotationDatabase();
    try {
      const { rotated, unfinished, findings } = await rotationRounds(fixture, rounds, seed);
      return {
        figures: [
          ['kills', number(rounds)],
          ['rotations that came to their end', number(rotated)],
          ['kills that left rows for the next unlock', number(unfinished)],
        ],
        findings,
      };
    } finally {
      await fixture.remove();
    }
  },
};
