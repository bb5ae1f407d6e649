import { expect, test } from 'vitest';
import { memoryStoreState } from '#test/make/store-state.ts';
import { makeSpent } from '../../../../../electron/providers/credential-stores/hashicorp/spent.ts';

test('what became of wrapping tokens is known after a restart, the last twenty of them', () => {
  const state = memoryStoreState();
  const spent = makeSpent(state);
  expect(spent.state('a')).toBeNull();
  spent.begin('a');
  spent.opened('a');
  spent.begin('b');
  expect([makeSpent(state).state('a'), makeSpent(state).state('b')]).toEqual(['opened', 'begun']);
  for (let n = 0; n < 19; n++) spent.refused(`t${n}`);
  expect([spent.state('a'), spent.state('b'), spent.state('t18')]).toEqual([null, 'begun', 'refused']);
});

test('a note that cannot be read is taken as none', () => {
  const state = memoryStoreState();
  state.keepNote('wrapping-tokens', '{"not": "ours"');
  expect(makeSpent(state).state('a')).toBeNull();
  makeSpent(state).opened('a');
  expect(makeSpent(state).state('a')).toBe('opened');
});
