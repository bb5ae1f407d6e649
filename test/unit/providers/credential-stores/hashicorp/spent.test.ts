import { expect, test } from 'vitest';
import { memoryStoreKeep } from '#test/make/store-keep.ts';
import { makeSpent } from '../../../../../electron/providers/credential-stores/hashicorp/spent.ts';

test('what became of wrapping tokens is known after a restart, the last twenty of them', () => {
  const keep = memoryStoreKeep();
  const spent = makeSpent(keep);
  expect(spent.state('a')).toBeNull();
  spent.begin('a');
  spent.opened('a');
  spent.begin('b');
  expect([makeSpent(keep).state('a'), makeSpent(keep).state('b')]).toEqual(['opened', 'begun']);
  for (let n = 0; n < 19; n++) spent.refused(`t${n}`);
  expect([spent.state('a'), spent.state('b'), spent.state('t18')]).toEqual([null, 'begun', 'refused']);
});

test('a note that cannot be read is taken as none', () => {
  const keep = memoryStoreKeep();
  keep.keepNote('wrapping-tokens', '{"not": "ours"');
  expect(makeSpent(keep).state('a')).toBeNull();
  makeSpent(keep).opened('a');
  expect(makeSpent(keep).state('a')).toBe('opened');
});
