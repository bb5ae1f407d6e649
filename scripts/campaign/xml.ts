import { serverXmlRound } from '../../test/make/server-xml-rounds.ts';
import type { Campaign, Outcome } from './campaign.ts';

/** Each seed stands for a document and an edit of it. */
const perSeed = 1_000_000;

export const xml: Campaign = {
  about:
    'A random server.xml with everything in it that an editor could trip over, and one random edit of it. What is read afterwards must be what was meant and nothing else, and a file with one kind of line end has it still. Where the text belongs to an entity, no edit is offered.',
  rounds: 10_000,
  async run(rounds, seed): Promise<Outcome> {
    const findings: string[] = [];
    let edited = 0;
    for (let round = 0; round < rounds; round += 1) {
      const one = seed * perSeed + round;
      const { wrong, edited: could } = await serverXmlRound(one);
      if (could) edited += 1;
      if (wrong !== null) findings.push(`document ${one}: ${wrong.slice(0, 300)}`);
    }
    return {
      figures: [
        ['documents', String(rounds)],
        ['edited, and read again as meant', String(edited - findings.length)],
        ['not offered for editing', String(rounds - edited)],
      ],
      findings,
    };
  },
};
