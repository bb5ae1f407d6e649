import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RotationDatabase, rotationDatabase } from '#test/make/rotation-database.ts';
import { rotationRounds } from '#test/make/rotation-rounds.ts';

let fixture: RotationDatabase;
beforeAll(async () => {
  fixture = await rotationDatabase();
});
afterAll(() => fixture.remove());

const points: [string, 'old' | 'new'][] = [
  ['after the notes are written', 'old'],
  ['before the keychain is written', 'old'],
  ['after the keychain is written', 'old'],
  ['after the rows are prepared', 'old'],
  ['at the begin of the transaction', 'old'],
  ['after the rows are counted', 'old'],
  ['before the commit', 'old'],
  ['after the transaction', 'new'],
  ['in the middle of the slices', 'new'],
  ['after the rows are written', 'new'],
  ['after the rows are finished', 'new'],
  ['before the log is cut', 'new'],
  ['after the log is cut', 'new'],
  ['before the old key is removed', 'new'],
  ['after the old key is removed', 'new'],
  ['after the notes are cleared', 'new'],
];

test.each(points)(
  'Killed %s, everything opens under the %s key and nothing is left over',
  async (point, which) => {
    const { keyId: before } = await fixture.inspect([]);
    const said = await fixture.run(point);
    expect(said).toContain(`at ${point}`);
    const { keyId: after } = await fixture.inspect(said);
    if (which === 'old') expect(after).toBe(before);
    else expect(after).not.toBe(before);
  },
);

test('Killed at any moment, again and again, everything opens and nothing is left over', {
  timeout: 600_000,
}, async () => {
  const rounds = 6; // many more of them: npm run campaign rotation
  const { rotated, findings } = await rotationRounds(fixture, rounds, 1);
  expect(findings).toEqual([]);
  expect(rotated).toBeGreaterThanOrEqual(rounds / 2); // it was killed while it rotated, not before
  expect(existsSync(join(fixture.path, 'os.key'))).toBe(false);
});
