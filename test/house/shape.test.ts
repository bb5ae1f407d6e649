import { expect, test } from 'vitest';
import { circlesIn } from './circles.ts';
import { readsTime } from './clocks.ts';
import { wrongExports } from './exports.ts';
import { longFunctions } from './functions.ts';
import { known } from './known.ts';
import { everything, inside, isTest, lineCount, read, sources } from './sources.ts';
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

test('what the window fetches late is not held back by React, which waits before it shows it', () => {
  const window = sources.filter((file) => inside(file, 'renderer'));
  expect(
    window.filter((file) => /import[^;]*\b(lazy|Suspense)\b[^;]* from 'react'/.test(read(file))),
  ).toEqual([]);
});

test('time comes only through the two clocks, of the agent and of the page', () => {
  const clocks = ['electron/kit/clock.ts', 'renderer/bridge/clock.ts'];
  const wrong = sources.filter((file) => !inside(file, ...clocks) && readsTime(file));
  expectOnly(known.clocks, wrong);
});

test.each([
  'const now = Date.now()',
  'const now = new Date',
  'const now = new Date()',
  'const now = String(Date())',
  'const { now } = Date',
  "say('https://ca.example', Date.now())",
  'const later = globalThis.setTimeout',
  "globalThis['setTimeout'](work, 5)",
  'setInterval(work, 5)',
  'later(setImmediate)',
  'const { setTimeout: later } = globalThis',
  'process.hrtime.bigint()',
  'performance.now()',
  'AbortSignal.timeout(5)',
  "import { setTimeout as later } from 'node:timers/promises'",
  'const timers = await import(`node:timers`)',
  'process.uptime()',
  "new Intl.DateTimeFormat('en').format()",
])('time has no other door: %s', (source) => {
  expect(readsTime('a.ts', source)).toBe(true);
});

test.each([
  'const at = new Date(5).toISOString()',
  "const at = Date.parse('2026-01-01') + Date.UTC(2026, 1)",
  'function is(at: Date): boolean { return at instanceof Date }',
  '// Date.now()',
  "say('setTimeout()')",
  "new Intl.DateTimeFormat('en').format(at)",
])('no time is read by %s', (source) => {
  expect(readsTime('a.ts', source)).toBe(false);
});
