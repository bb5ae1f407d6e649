import { expect, it } from 'vitest';
import { loopTurn, systemClock } from '#kit/clock.ts';
import { inSlices, paced } from '#kit/in-slices.ts';

/** As long as the work of several slices. */
function work(): void {
  const end = systemClock.monotonic() + 8;
  while (systemClock.monotonic() < end);
}

/** Runs `jobs`, which are told in which turn of the loop they are. */
async function countingTurns<T>(jobs: (turn: () => number) => Promise<T>): Promise<T> {
  let turns = 0;
  let over = false;
  const counting = (async () => {
    while (!over) {
      await loopTurn();
      turns += 1;
    }
  })();
  try {
    return await jobs(() => turns);
  } finally {
    over = true;
    await counting;
  }
}

it('gives the loop a turn between parts that take long, and goes through all of them in their order', async () => {
  const seen = new Map<number, number>();
  await countingTurns((turn) =>
    inSlices([1, 2, 3, 4], (item) => {
      work();
      seen.set(turn(), item);
    }),
  );
  expect([...seen.values()]).toEqual([1, 2, 3, 4]);
});

it('lets one of several jobs continue in each turn: together they hold the loop no longer than one alone', async () => {
  const seen = new Map<number, string>();
  await countingTurns((turn) => {
    function* steps(name: string): Generator<undefined, void> {
      for (let step = 0; step < 4; step++) {
        yield;
        work();
        seen.set(turn(), name);
      }
    }
    return Promise.all([paced(steps('a')), paced(steps('b')), paced(steps('c'))]);
  });
  expect([...seen.values()].sort().join('')).toBe('aaaabbbbcccc');
});
