import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../electron/kit/clock.ts';
import { RefusedBefore, Turns } from '../../../../electron/net/proxy/turns.ts';

const never = new AbortController().signal;
function setUp() {
  let now = 0;
  const turns = new Turns({ ...systemClock, monotonic: () => now });
  return { turns, pass: (ms: number) => (now += ms), take: (print: string) => turns.take(print, never) };
}

describe('turns at a log-in', () => {
  test('one after the other until it is known to be right, then all at once', async () => {
    const { take } = setUp();
    const first = await take('a');
    let second = false;
    const waiting = take('a').then((turn) => {
      second = true;
      return turn;
    });
    await Promise.resolve();
    expect(second).toBe(false);
    first.accepted();
    await waiting;
    await Promise.all([take('a'), take('a')]);
  });

  test('a refusal reaches those who wait, and lasts longer each time', async () => {
    const { take, pass } = setUp();
    const first = await take('a');
    const waiting = Promise.allSettled([take('a'), take('a')]);
    first.refused();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const minutes: number[] = [];
    for (let times = 0; times < 4; times++) {
      const refused = await take('a').catch((error: unknown) => error);
      minutes.push(refused instanceof RefusedBefore ? refused.leftMs / 60_000 : 0);
      pass((minutes.at(-1) ?? 0) * 60_000 - 1);
      await expect(take('a')).rejects.toBeInstanceOf(RefusedBefore);
      pass(1);
      (await take('a')).refused();
    }
    expect(minutes).toEqual([1, 5, 30, 30]);
  });

  test('A changed password is tried immediately', async () => {
    const { take } = setUp();
    (await take('a')).refused();
    (await take('b')).accepted();
    await take('b');
  });

  test('one that ended without an outcome lets the next one try', async () => {
    const { take } = setUp();
    const first = await take('a');
    const waiting = take('a');
    first.end();
    (await waiting).end();
  });

  test('who waits can be stopped', async () => {
    const { turns, take } = setUp();
    await take('a');
    const controller = new AbortController();
    const waiting = turns.take('a', controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
