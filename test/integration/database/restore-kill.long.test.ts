import { expect, test } from 'vitest';
import { restoreRounds } from '#test/make/restore-rounds.ts';

test('Killed at any moment of a restore, the store before or the whole restored one opens', {
  timeout: 600_000,
}, async () => {
  const { ends, restored, findings } = await restoreRounds(6, 1); // many more of them: npm run campaign restore
  expect(findings).toEqual([]);
  expect(ends).toBeGreaterThan(0);
  expect(restored).toBeGreaterThan(0);
});
