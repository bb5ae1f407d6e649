import { describe, expect, test } from 'vitest';
import { firstCheckAt, isOpen, nextCheckAt, untilOpen } from '../../../electron/agent/updates/timing.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = 1_800_000_000_000;
const never = { lastCheckAt: null, nextCheckAt: null, failures: 0 };

describe('checks', () => {
  test('come between half a minute and five minutes after a start, spread over machines', () => {
    expect(firstCheckAt(now, never, 0)).toBe(now + 30_000);
    expect(firstCheckAt(now, never, 0.999_999)).toBeLessThanOrEqual(now + 5 * minute);
  });

  test('do not come again because of a restart', () => {
    const recent = { lastCheckAt: now - 10 * minute, nextCheckAt: now + 5 * hour, failures: 0 };
    expect(firstCheckAt(now, recent, 0)).toBe(now + 5 * hour);
    expect(firstCheckAt(now, { ...recent, lastCheckAt: now - 2 * hour }, 0)).toBe(now + 30_000);
  });

  test('are not put off by a clock that was set back', () => {
    const ahead = { lastCheckAt: now + 400 * hour, nextCheckAt: now + 406 * hour, failures: 0 };
    expect(firstCheckAt(now, ahead, 0)).toBe(now + 30_000);
  });

  test('come every six hours, up to half an hour later', () => {
    expect(nextCheckAt(now, 0, 0)).toBe(now + 6 * hour);
    expect(nextCheckAt(now, 0, 1)).toBe(now + 6.5 * hour);
  });

  test.each([
    [1, 15 * minute],
    [2, hour],
    [3, 6 * hour],
    [50, 6 * hour],
  ])('after %d failures in a row: %d ms', (failures, pause) => {
    expect(nextCheckAt(now, failures, 0)).toBe(now + pause);
  });
});

describe('a window of time', () => {
  const at = (hours: number, minutes = 0) => hours * 60 + minutes;
  test.each([
    ['any', at(12), true],
    ['02:00-04:30', at(2), true],
    ['02:00-04:30', at(4, 29), true],
    ['02:00-04:30', at(4, 30), false],
    ['02:00-04:30', at(1, 59), false],
    ['22:00-02:00', at(23), true],
    ['22:00-02:00', at(1), true],
    ['22:00-02:00', at(2), false],
    ['22:00-02:00', at(12), false],
    ['03:00-03:00', at(12), true],
  ])('%s at minute %d of the day is open: %s', (window, minuteOfDay, expected) => {
    expect(isOpen(window, minuteOfDay)).toBe(expected);
  });

  test('opens when it says', () => {
    expect(untilOpen('02:00-04:30', at(1))).toBe(hour);
    expect(untilOpen('02:00-04:30', at(5))).toBe(21 * hour);
    expect(untilOpen('02:00-04:30', at(3))).toBe(0);
    expect(untilOpen('any', at(3))).toBe(0);
  });
});
