import { apacheEditRound } from '../../test/make/apache-edits.ts';
import { makeChance } from '../../test/make/random.ts';
import type { Campaign, Outcome } from './campaign.ts';
import { number } from './page.ts';

export const apache: Campaign = {
  about:
    'Random configurations of Apache (comments, continued lines, quotes, conditions, variables, macros, includes, line ends of both kinds) in which one virtual host is given files of its own. Read again, that host has them, every other host and directive is as before, and every other line is there to the byte.',
  rounds: 10_000,
  async run(rounds, seed): Promise<Outcome> {
    let edited = 0;
    const findings: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { edited: was, wrong } = await apacheEditRound(makeChance(seed * 1_000_003 + round));
      if (was) edited += 1;
      if (wrong !== null) findings.push(`round ${round}: ${JSON.stringify(wrong)}`);
    }
    return {
      figures: [
        ['configurations', number(rounds)],
        ['edits that were made', number(edited)],
        ['refused before any change', number(rounds - edited)],
      ],
      findings,
    };
  },
};
