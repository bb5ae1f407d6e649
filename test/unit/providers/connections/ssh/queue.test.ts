import { describe, expect, test } from 'vitest';
import { Queue } from '../../../../../electron/providers/connections/ssh/queue.ts';

describe('the queue of sessions', () => {
  test('runs no more than its limit at a time, in order, and goes on after a failure', async () => {
    const queue = new Queue(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const work = (index: number) =>
      queue.run(async () => {
        begun.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, index % 3));
        running -= 1;
        if (index === 1) throw new Error('broken');
        return index;
      });
    const ended = await Promise.allSettled(Array.from({ length: 9 }, (_, index) => work(index)));
    expect(most).toBe(2);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(ended.filter((one) => one.status === 'rejected')).toHaveLength(1);
    expect(await work(20)).toBe(20);
  });
  test('goes on with fewer at a time, at least one, when its limit is lowered', async () => {
    const queue = new Queue(4);
    let running = 0;
    const seen: number[] = [];
    const work = (index: number) =>
      queue.run(async () => {
        running += 1;
        if (index >= 5) seen.push(running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (index === 1) queue.lower(2);
        if (index === 6) queue.lower(0);
        running -= 1;
      });
    await Promise.all(Array.from({ length: 12 }, (_, index) => work(index)));
    expect(Math.max(...seen)).toBeLessThanOrEqual(2);
    expect(seen.slice(-4)).toEqual([1, 1, 1, 1]);
    queue.lower(3);
    await Promise.all([work(20), work(21)]);
    expect(seen.slice(-2)).toEqual([1, 1]);
  });
});
