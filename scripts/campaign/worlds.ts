import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, quickStarting } from '../../test/make/bundle.ts';
import type { Rounds } from '../../test/make/kill/in-rounds.ts';
import type { Tally } from '../../test/make/kill/tally.ts';
import { memoryDirectory } from '../../test/make/memory-directory.ts';
import type { Outcome } from './campaign.ts';
import { number } from './page.ts';

/** As many worlds side by side, each with an nginx, a CA, an sshd and an agent of its own. */
const worlds = 2;

/** Shares the rounds out to worlds. Ctrl+C ends it after the rounds that are under way, with what was seen until then. */
export async function inWorlds(
  { name, rounds, seed }: { name: string; rounds: number; seed: number },
  work: (built: Bundle, share: Rounds) => Promise<Tally>,
): Promise<Outcome> {
  const built = await quickStarting('electron/cli.ts');
  const keepIn = mkdtempSync(join(tmpdir(), `trustkeep-${name}-found-`));
  let ended = false;
  process.once('SIGINT', () => {
    ended = true;
  });
  try {
    const shares = Array.from({ length: worlds }, (_, at) => Math.floor((rounds + at) / worlds));
    const tallies = await Promise.all(
      shares.map((share, at) => {
        const directory = mkdtempSync(join(memoryDirectory() ?? tmpdir(), `trustkeep-${name}-`));
        return work(built, { directory, keepIn, rounds: share, seed: seed + at, enough: () => ended });
      }),
    );
    return outcomeOf(tallies);
  } finally {
    await built.remove();
  }
}

function outcomeOf(tallies: readonly Tally[]): Outcome {
  const counts = new Map<string, number>();
  for (const [what, times] of tallies.flatMap((tally) => [...tally.counts]))
    counts.set(what, (counts.get(what) ?? 0) + times);
  const figures = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    figures: figures.map(([what, times]) => [what, number(times)]),
    findings: tallies.flatMap(({ findings }) => findings),
    made: tallies.reduce((sum, { rounds }) => sum + rounds, 0),
  };
}
