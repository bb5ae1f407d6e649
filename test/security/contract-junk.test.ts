/**
 * The attack: whoever reaches a door sends every command values of the right shape with something wrong in them, made from the
 * schema of its input, to a whole agent that has an endpoint, a credential and a plan: too large, too deep, of another
 * kind, with names of object prototypes, paths that lead elsewhere. The campaign `fuzz` does the same for far longer.
 */
import { expect, test } from 'vitest';
import { checkAfter, junkRound, procedures } from '#test/make/junk/rounds.ts';
import { openJunkWorld } from '#test/make/junk/world.ts';
import { makeChance } from '#test/make/random.ts';

const roundsEach = 5;

test('junk for every procedure of the contract is answered or refused in one sentence, and the agent lives on', async () => {
  const found: string[] = [];
  const counts = new Map<string, number>();
  const notes = {
    count: (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    found: (kind: string, detail: string) => void found.push(`${kind}: ${detail}`),
  };
  const note = (error: unknown): void => void found.push(`an error that no one caught: ${String(error)}`);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  const world = await openJunkWorld();
  try {
    const chance = makeChance(20_261_130);
    for (let round = 0; round < roundsEach; round += 1) {
      for (const procedure of procedures) await junkRound(world, procedure, chance, notes);
      await world.refill();
    }
    await checkAfter(world, notes);
  } finally {
    await world.close();
    process.off('unhandledRejection', note).off('uncaughtException', note);
  }
  expect(found).toEqual([]);
  expect(counts.get('junk: refused')).toBeGreaterThan(100);
  expect(counts.get('junk: answered')).toBeGreaterThan(20);
});
