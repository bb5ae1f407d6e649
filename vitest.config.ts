import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { memoryDirectory } from './test/make/memory-directory.ts';

const inMemory = memoryDirectory();

/** What was transformed is kept by its content; where an import leads depends on package.json besides. */
const manifest = createHash('sha256').update(readFileSync(join(import.meta.dirname, 'package.json')));
const kept = `node_modules/.cache/vitest/${manifest.digest('hex').slice(0, 16)}`;

/** What is waited for comes at once, but for a machine that has much to do: only what hangs is given up. */
const patient = { expect: { poll: { timeout: 60_000, interval: 20 } } } as const;

/**
 * Projects: `unit` and `house` in seconds for every commit; `machine` is what of the units takes more than half of their
 * time, with a fifth of their tests; the rest uses real servers, or takes seconds for one test.
 * The quick ones share their processes (`isolate`): loading the same modules for every file took half of their time.
 * They write into memory where they can: what a store owes a disk is waited for by the others.
 * One group after the other, but for those of desktop and pages: `npm test` runs each beside the rest, and
 * `npm run test:long` those that take minutes each.
 */
const quick = {
  ...patient,
  environment: 'node',
  pool: 'forks',
  isolate: false,
  testTimeout: 120_000,
  maxWorkers: '100%',
  ...(inMemory === null ? {} : { env: { TMPDIR: inMemory } }),
} as const;

/** Half of their time the real servers are waited for: two workers for each processor keep all of them at work. */
const workers = Math.max(2, availableParallelism() * 2);

/** What takes long begins early: what begins late is waited for at the end. */
const long = [
  'integration/scripts/new',
  'security/planted-secrets',
  'e2e/planted-secrets',
  'e2e/packages',
  'e2e/windows-',
  'e2e/container',
  'conformance/endpoint-',
  'integration/certify/forged-undo',
  'conformance/connection-writes',
];

/** Those first, then by what each took last time or by its size. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.includes(`/test/${name}`));
      return at === -1 ? long.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** Units that need the machine: a program, a port, a disk that fails, a database for each test, keys, the whole library of the window. */
const withMachine = ['test/unit/**/*.machine.test.{ts,tsx}'];

/** Each promise once more in every way: kills at every step, every place a secret could be seen in, the checks in a copy of the tree. */
const longOnes = ['test/**/*.long.test.ts'];

/** The window in a browser, one for all of them: they have no desktop to share, and so need no application. */
const pages = ['test/e2e/page*.test.ts'];

export default defineConfig({
  test: {
    fsModuleCache: true,
    fsModuleCachePath: kept,
    sequence: { sequencer: LongFirst },
    projects: [
      { test: { ...quick, name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], exclude: withMachine } },
      { test: { ...quick, name: 'machine', include: withMachine } },
      { test: { ...quick, name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          ...patient,
          name: 'page',
          include: pages,
          globalSetup: 'test/e2e/page-setup.ts',
          environment: 'node',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...patient,
          name: 'integration',
          // no exclude here: the one that `npm test` gives on the command line would not count
          include: ['test/{conformance,security,integration}/**/!(*.long).test.ts'],
          environment: 'node',
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          ...patient,
          name: 'long',
          include: longOnes,
          environment: 'node',
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...patient,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...pages, ...longOnes],
          environment: 'node',
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
