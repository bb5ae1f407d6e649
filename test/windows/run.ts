import { appendFileSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#kit/clock.ts';
import { api, type Case, collect, type Suite } from './api.ts';

// Runs test files one after the other in this process: `node run.ts LIST RESULTS`, a file with a path in each line, and
// one that a line is added to for each test. For a Node of Windows under Wine, which cannot run vitest; Linux can, too.
const [list = '', results = ''] = process.argv.slice(2);

/** What test files import in the place of vitest. */
const place = new URL('./api.ts', import.meta.url).href;
const inPlace = `import { api } from '${place}'; export const { ${Object.keys(api).join(', ')} } = api;`;
registerHooks({
  resolve: (name, context, next) =>
    name === 'vitest'
      ? { url: `data:text/javascript,${encodeURIComponent(inPlace)}`, shortCircuit: true }
      : next(name, context),
});

// Wine 8 has not the options that libuv sets for these, and fails the connection that follows
if (process.platform === 'win32')
  Socket.prototype.setKeepAlive = function () {
    return this;
  };

type Outcome = 'passed' | 'skipped' | string;

const say = (file: string, name: string, outcome: Outcome): void =>
  appendFileSync(results, `${JSON.stringify({ file, name, outcome })}\n`);
const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.stack ?? error.message}` : String(error);

async function within(ms: number, work: () => unknown): Promise<void> {
  const done = new AbortController();
  const late = systemClock.sleep(ms, done.signal).then(() => {
    throw new Error(`not done after ${ms} ms`);
  });
  late.catch(() => {}); // the usual end of it
  try {
    await Promise.race([(async () => work())(), late]);
  } finally {
    done.abort();
  }
}

async function runCase(one: Case, outer: readonly Suite[]): Promise<Outcome> {
  if (one.run === null) return 'skipped';
  let failed: unknown;
  try {
    for (const { hooks } of outer) for (const before of hooks.beforeEach) await within(60_000, before);
    await within(one.timeout * 4, one.run);
  } catch (error) {
    failed = error;
  }
  for (const { hooks } of [...outer].reverse())
    for (const after of hooks.afterEach)
      await within(60_000, after).catch((error: unknown) => (failed ??= error));
  return failed === undefined ? 'passed' : wordsOf(failed);
}

async function runSuite(file: string, suite: Suite, outer: readonly Suite[], broken?: string): Promise<void> {
  const here = [...outer, suite];
  const name = here.map((one) => one.name).filter(Boolean);
  let because = broken;
  const skipped = suite.skipped || suite.entries.length === 0;
  try {
    if (!skipped && because === undefined)
      for (const before of suite.hooks.beforeAll) await within(240_000, before);
  } catch (error) {
    because = wordsOf(error);
  }
  for (const entry of suite.entries) {
    if ('entries' in entry) await runSuite(file, entry, here, because);
    else if (suite.skipped) say(file, [...name, entry.name].join(' > '), 'skipped');
    else say(file, [...name, entry.name].join(' > '), because ?? (await runCase(entry, here)));
  }
  if (!skipped)
    for (const after of suite.hooks.afterAll)
      await within(60_000, after).catch((error: unknown) =>
        say(file, [...name, '(afterwards)'].join(' > '), wordsOf(error)),
      );
}

process.on('uncaughtException', (error) => say('', 'uncaught', wordsOf(error)));
process.on('unhandledRejection', (error) => say('', 'unhandled', wordsOf(error)));

for (const file of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
  try {
    await runSuite(file, await collect(() => import(pathToFileURL(file).href)), []);
  } catch (error) {
    say(file, '(import)', wordsOf(error));
  }
}
process.exit(0);
