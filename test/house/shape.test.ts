import { expect, test } from 'vitest';
import { circlesIn } from './circles.ts';
import { wrongExports } from './exports.ts';
import { longFunctions } from './functions.ts';
import { known } from './known.ts';
import { everything, inside, isTest, lineCount, read, sources, withoutComments } from './sources.ts';
import { imports } from './syntax.ts';

const unless = (exceptions: readonly string[], found: readonly string[]): string[] =>
  found.filter((entry) => !exceptions.includes(entry));

test('no file imports what imports it, not even for a type', () => {
  expect(circlesIn(imports)).toEqual([]);
});

test('no file has more than 250 lines', () => {
  const long = everything.filter((file) => lineCount(read(file)) > 250);
  expect(unless(known.longFiles, long)).toEqual([]);
});

test('no function has more than 60 lines, but those that are data', () => {
  const long = everything.filter((file) => !isTest(file)).flatMap((file) => longFunctions(file, 60));
  expect(unless(known.longFunctions, long)).toEqual([]);
});

test('nothing is exported that nobody imports; what tests alone import says so', () => {
  expect(wrongExports()).toEqual(known.exports);
});

test('time comes only through the two clocks, of the agent and of the page', () => {
  const clocks = ['electron/kit/clock.ts', 'renderer/bridge/clock.ts'];
  const door =
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bset(Timeout|Interval|Immediate)\(|\bhrtime\b|\bAbortSignal\.timeout\b|'node:timers/;
  const wrong = sources.filter((file) => !inside(file, ...clocks) && door.test(withoutComments(read(file))));
  expect(unless(known.clocks, wrong)).toEqual([]);
});
