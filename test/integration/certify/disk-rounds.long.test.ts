import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { diskRounds } from '#test/make/disk/rounds.ts';
import { have } from '#test/servers/available.ts';
import { canMakeDisks } from '#test/servers/loop-disk.ts';
import { canRunSshd } from '#test/servers/sshd.ts';

const can = have('nginx') && have('pebble') && canRunSshd() && (await canMakeDisks());

describe.skipIf(!can)('a disk that is full, read-only, slow or gone in the middle of a task', () => {
  let built: Bundle;
  let world: ReturnType<typeof tempDirectory>;
  let found: ReturnType<typeof tempDirectory>;
  beforeAll(async () => {
    built = await quickStarting('electron/cli.ts');
    world = tempDirectory('disk');
    found = tempDirectory('disk-found');
  });
  afterAll(async () => {
    await built.remove();
    found.remove();
  });

  test('is told, and the task ends once it is back', { timeout: 600_000 }, async () => {
    const rounds = 4; // many more of them: npm run campaign disk
    const share = { directory: world.path, keepIn: found.path, rounds, seed: 3, enough: () => false };
    const { rounds: made, findings } = await diskRounds(built, share);
    expect(findings).toEqual([]);
    expect(made).toBe(rounds);
  });
});
