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
});
