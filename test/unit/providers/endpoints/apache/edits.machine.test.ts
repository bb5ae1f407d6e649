import { expect, test } from 'vitest';
import { apacheEditRound } from '#test/make/apache-edits.ts';
import { makeChance } from '#test/make/random.ts';

// `npm run campaign apache` makes 10,000 of them
test('an edit of a random configuration changes what is meant and nothing else', async () => {
  let edited = 0;
  for (let seed = 0; seed < 300; seed++) {
    const round = await apacheEditRound(makeChance(seed));
    expect(round.wrong, `seed ${seed}`).toBeNull();
    if (round.edited) edited += 1;
  }
  expect(edited).toBeGreaterThan(150);
});
