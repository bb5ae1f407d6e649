import { describe, expect, it } from 'vitest';
import { each, faults, prepared, restoredAfter } from './each-object.ts';

/** Everything that can go wrong at every request of every way to install. */
describe.each(each)('$type: $name', ({ make }) => {
  const world = prepared(make);
  it.each(faults)('is restored after every request of an install at which it was %s', async (how) => {
    let after = 0;
    while (await restoredAfter(world, { after, how })) after += 1;
    expect(after).toBeGreaterThan(20);
  });
});
