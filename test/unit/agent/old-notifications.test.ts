import { expect, test } from 'vitest';
import { JumpingClock } from '#test/make/clock.ts';
import { day, hour } from '#test/make/database.ts';
import { forgetOldNotifications } from '../../../electron/agent/upkeep/old-notifications.ts';
import type { Database } from '../../../electron/database/database.ts';

test('a year and the newest 10,000 are kept; many old ones go in slices, the rest once a day', () => {
  const clock = new JumpingClock();
  const gone = [2000, 1, 0];
  const asked: [days: number, keep: number, limit: number][] = [];
  const removeOld = (before: number, keep: number, limit: number) => {
    asked.push([Math.round((clock.now() - before) / day), keep, limit]);
    return gone.shift();
  };
  let changes = 0;
  const turn = () =>
    forgetOldNotifications({
      ...{ database: { notifications: { removeOld } } as unknown as Database, clock },
      changed: () => {
        changes += 1;
      },
    });
  expect([turn(), turn(), turn()]).toEqual([1000, 24 * hour, 24 * hour]);
  expect(changes).toBe(2);
  expect(asked).toEqual(Array(3).fill([366, 10_000, 2000]));
});
