import { expect, test } from 'vitest';
import { circlesIn } from './circles.ts';
import { wrongExports } from './exports.ts';
import { longFunctions } from './functions.ts';
import { known } from './known.ts';
import { everything, inside, isTest, lineCount, read, sources, withoutComments } from './sources.ts';
import { imports } from './syntax.ts';

/** What was found must be what is excused: nothing else, and nothing that is no longer so. */
function expectOnly(known: readonly string[], found: readonly string[]): void {
  expect(found.toSorted()).toEqual(known.toSorted());
}

test('no file imports what imports it, not even for a type', () => {
  expect(circlesIn(imports)).toEqual([]);
});

test('no file has more than 250 lines', () => {
  const long = everything.filter((file) => lineCount(read(file)) > 250);
  expectOnly(known.longFiles, long);
});

test('no function has more than 60 lines, but those that are data', () => {
  const long = everything.filter((file) => !isTest(file)).flatMap((file) => longFunctions(file, 60));
  expectOnly(known.longFunctions, long);
});

test('nothing is exported that nobody imports; what tests alone import says so', () => {
  expectOnly(known.exports, wrongExports());
});

test('time comes only through the two clocks, of the agent and of the page', () => {
  const clocks = ['electron/kit/clock.ts', 'renderer/bridge/clock.ts'];
  const door =
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bset(Timeout|Interval|Immediate)\(|\bhrtime\b|\bAbortSignal\.timeout\b|'node:timers/;
  const wrong = sources.filter((file) => !inside(file, ...clocks) && door.test(withoutComments(read(file))));
  expectOnly(known.clocks, wrong);
});
