import { vi as mocks, expect as real } from 'vitest';
import { systemClock } from '#kit/clock.ts';

// What the unit tests use of vitest, for a Node of Windows that Wine can run and vitest cannot. Assertions are vitest's own.

type Body = (...args: unknown[]) => unknown;

export interface Case {
  name: string;
  run: Body | null;
  timeout: number;
}

export interface Suite {
  name: string;
  skipped: boolean;
  entries: (Case | Suite)[];
  hooks: Record<'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach', Body[]>;
}

const suite = (name: string, skipped: boolean): Suite => ({
  ...{ name, skipped, entries: [] },
  hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
});

let current = suite('', false);

/** What the import of a test file declares. */
export async function collect(load: () => Promise<unknown>): Promise<Suite> {
  const file = suite('', false);
  current = file;
  await load();
  return file;
}

const titleOf = (name: string, row: readonly unknown[], at: number): string => {
  let next = 0;
  const first = row[0];
  const filled = name
    .replace(/%[sdijfo#%]/g, (mark) => (mark === '%#' ? `${at}` : mark === '%%' ? '%' : String(row[next++])))
    .replace(/\$([\w.]+)/g, (whole, path: string) => {
      const found = path
        .split('.')
        .reduce<unknown>((from, part) => (from as Record<string, unknown>)?.[part], first);
      return found === undefined ? whole : String(found);
    });
  return filled;
};

type Declare = (name: string, second: unknown, third?: unknown) => void;

/** `each`, `skipIf`, `runIf` and `skip` beside a declaration. */
function chain(declare: (skipped: boolean) => Declare) {
  const eachOf =
    (skipped: boolean) => (rows: readonly unknown[]) => (name: string, second: unknown, third?: unknown) => {
      const body = (typeof second === 'function' ? second : third) as Body;
      const options = typeof second === 'function' ? third : second;
      for (const [at, row] of rows.entries()) {
        const args = Array.isArray(row) ? row : [row];
        declare(skipped)(titleOf(name, args, at), () => body(...args), options);
      }
    };
  const made = (skipped: boolean) => Object.assign(declare(skipped), { each: eachOf(skipped) });
  return Object.assign(made(false), {
    skip: made(true),
    skipIf: (no: unknown) => made(Boolean(no)),
    runIf: (yes: unknown) => made(!yes),
  });
}

const test = chain((skipped) => (name, second, third) => {
  const run = (typeof second === 'function' ? second : third) as Body;
  const options = typeof second === 'function' ? third : second;
  const timeout =
    typeof options === 'number' ? options : ((options as { timeout?: number })?.timeout ?? 30_000);
  current.entries.push({ name, run: skipped ? null : run, timeout });
});
const describe = chain((skipped) => (name, second, third) => {
  const body = (typeof second === 'function' ? second : third) as Body;
  const outer = current;
  const inner = suite(name, skipped || outer.skipped);
  outer.entries.push(inner);
  current = inner;
  try {
    body();
  } finally {
    current = outer;
  }
});

const hook = (kind: keyof Suite['hooks']) => (body: Body) => void current.hooks[kind].push(body);
const beforeAll = hook('beforeAll');
const afterAll = hook('afterAll');
const beforeEach = hook('beforeEach');
const afterEach = hook('afterEach');

interface Polling {
  timeout?: number;
  interval?: number;
}

/** Tries again until nothing is thrown; then rejects with what was thrown last. */
async function waitFor<T>(
  work: () => T,
  { timeout = 15_000, interval = 20 }: Polling = {},
): Promise<Awaited<T>> {
  for (const end = performance.now() + timeout; ; await systemClock.sleep(interval)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

/** Asserts again and again until it holds, as vitest's own does. */
function poll(ask: () => unknown, polling?: Polling): unknown {
  type Matchers = Record<string, Body> & { not: Record<string, Body> };
  const of = (negated: boolean): unknown =>
    new Proxy(
      {},
      {
        get: (_, matcher: string) =>
          matcher === 'not'
            ? of(true)
            : (...args: unknown[]) =>
                waitFor(async () => {
                  const asserted = real(await ask()) as unknown as Matchers;
                  (negated ? asserted.not : asserted)[matcher]?.(...args);
                }, polling),
      },
    );
  return of(false);
}

const expect = new Proxy(real, {
  get: (from, key) => (key === 'poll' ? poll : Reflect.get(from, key)),
});
const vi = new Proxy(mocks, {
  get: (from, key) => (key === 'waitFor' ? waitFor : Reflect.get(from, key)),
});

/** By the names under which test files import them. */
export const api = { test, it: test, describe, beforeAll, afterAll, beforeEach, afterEach, expect, vi };
