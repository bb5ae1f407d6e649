import { expect, test } from 'vitest';
import { frame } from '../../../electron/secrets/frame.ts';

test('No two different lists of parts give the same bytes', () => {
  const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['a', 'b', 'c']];
  const framed = lists.map((parts) => frame(parts).toString('hex'));
  expect(new Set(framed).size).toBe(lists.length);
});

test('A part counts by its bytes, as text or as they are', () => {
  expect(frame(['é'])).toEqual(frame([Buffer.from('é')]));
  expect(frame(['é'])).toEqual(Buffer.from([0, 0, 0, 2, 0xc3, 0xa9]));
});
