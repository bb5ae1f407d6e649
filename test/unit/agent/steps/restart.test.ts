import { expect, test } from 'vitest';
import { withSaid } from '../../../../electron/agent/steps/restart.ts';

test('a restart says what its script said, and of one without a script that nothing was restarted', () => {
  const told = 'The endpoint was told to load what is installed.';
  expect(withSaid(told, { settled: false })).toBe(told);
  expect(withSaid(told, { settled: false, said: 'It ended with code 0.' })).toBe(
    `${told} It ended with code 0.`,
  );
  expect(withSaid(told, { settled: false, noScript: true })).toMatch(/^Nothing was restarted: there is no/);
});
