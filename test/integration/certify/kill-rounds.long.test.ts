import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { killRounds } from '#test/make/kill/rounds.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd } from '#test/servers/sshd.ts';

describe.skipIf(!have('nginx') || !have('pebble') || !canRunSshd())(
  'a service that is killed at any moment, again and again',
  () => {
    let built: Bundle;
    let world: ReturnType<typeof tempDirectory>;
    let found: ReturnType<typeof tempDirectory>;
    beforeAll(async () => {
      built = await quickStarting('electron/cli.ts');
      world = tempDirectory('kill');
      found = tempDirectory('kill-found');
    });
    afterAll(async () => {
      await built.remove();
      found.remove();
    });

    test('ends what it began, truly, and leaves nothing else changed', { timeout: 600_000 }, async () => {
      const rounds = 4; // many more of them: npm run campaign kill
      const share = { directory: world.path, keepIn: found.path, rounds, seed: 4, enough: () => false };
      const { counts, findings } = await killRounds(built, share);
      expect(findings).toEqual([]);
      expect(counts.get('kills')).toBeGreaterThanOrEqual(rounds);
    });
  },
);
