import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  checkValue,
  fitsCheckValue,
  unwrapDataKey,
  wrapDataKey,
} from '../../../electron/secrets/key-wrap.ts';

const key = randomBytes(32);
const place = { storeUuid: 'store', by: 'key' };

test('A check value fits its own key and store, and no other', () => {
  const value = checkValue(key, 'store');
  expect(fitsCheckValue(key, 'store', value)).toBe(true);
  expect(fitsCheckValue(randomBytes(32), 'store', value)).toBe(false);
  expect(fitsCheckValue(key, 'other', value)).toBe(false);
  expect(fitsCheckValue(key, 'store', value.slice(0, 8))).toBe(false);
});

test('A wrapped data key opens for its own store, wrapping key and key id only', () => {
  const dataKey = randomBytes(32);
  const wrapped = wrapDataKey(place, key, dataKey);
  expect(unwrapDataKey(place, key, wrapped)).toEqual(dataKey);
  expect(unwrapDataKey({ ...place, storeUuid: 'other' }, key, wrapped)).toBeNull();
  expect(unwrapDataKey({ ...place, by: 'recovery' }, key, wrapped)).toBeNull();
  expect(unwrapDataKey(place, randomBytes(32), wrapped)).toBeNull();
});
