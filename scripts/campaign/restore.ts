import { restoreRounds } from '../../test/make/restore-rounds.ts';
import type { Campaign, Outcome } from './campaign.ts';
import { number } from './page.ts';

export const restore: Campaign = {
  about:
    'A process that restores a backup of 1,000 values over another store, again and again, is killed at a random moment. Afterwards the store before or the whole restored one opens, the audit log verifies, and no file or key is left over.',
  rounds: 200,
  async run(rounds, seed): Promise<Outcome> {
    const { ends, restored, findings } = await restoreRounds(rounds, seed);
    return {
      figures: [
        ['kills', number(rounds)],
        ['restores that came to their end', number(ends)],
        ['starts that found the restored store', number(restored)],
      ],
      findings,
    };
  },
};
