import { expect, test } from 'vitest';
import { allEnded } from '#kit/all-ended.ts';

test('gives what each came to, in their order', async () => {
  expect(await allEnded([Promise.resolve(1), 'two', undefined])).toEqual([1, 'two', undefined]);
});

test('rejects as the first in their order that failed, and not before all have ended', async () => {
  const { promise: slow, reject } = Promise.withResolvers<never>();
  let ended = false;
  const all = allEnded([slow, Promise.reject(new Error('the quick one'))]).catch((error: Error) => {
    ended = true;
    return error.message;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(ended).toBe(false);
  reject(new Error('the slow one'));
  expect(await all).toBe('the slow one');
});
