import { expect, test } from 'vitest';
import { atMost, inTurns } from '#kit/in-turns.ts';

test('a few at a time are begun in their order, and results keep it', async () => {
  const begun: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const done = inTurns([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    await gates[item]?.promise;
    return item * 10;
  });
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve();
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  expect(await done).toEqual([0, 10, 20, 30]);
});

test('after a failure no other is begun', async () => {
  const begun: number[] = [];
  const held = Promise.withResolvers<void>();
  const done = inTurns([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('no');
    await held.promise;
  });
  await expect(done).rejects.toThrow('no');
  held.resolve();
  await held.promise;
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
});

test('nothing is done with no items', async () => {
  expect(await inTurns([], 8, () => Promise.reject(new Error('asked')))).toEqual([]);
});

test('of a function so many calls are under way at most, whether they fail or not', async () => {
  let [now, most] = [0, 0];
  const limited = atMost(3, async (item: number) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now -= 1;
    if (item % 2 === 0) throw new Error('no');
    return item;
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, item) => limited(item)));
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});
