import { expect, test } from 'vitest';
import { cli, scriptedClient } from '#test/make/cli.ts';

test('what this program is made of is told without an agent and without a data directory', async () => {
  const { client, calls } = scriptedClient({});
  const about = await cli(['about'], { running: client });
  expect([about.code, about.stdout]).toEqual([0, 'Trustkeep 1.2.3, signed\n']);
  const license = await cli(['license', 'undici', '--json'], { running: client });
  expect(JSON.parse(license.stdout)).toEqual({ text: 'Whoever has undici may use it.' });
  expect([about.own, license.own, calls]).toEqual([[], [], []]);
});

test('a license of a part that is not in it is not found', async () => {
  const { code, stdout } = await cli(['license', 'moon'], {});
  expect([code, stdout]).toEqual([5, 'There is no license text of a part of this name.\n']);
});
