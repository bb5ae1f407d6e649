/**
 * Puts faults into a copy of the tree, one at a time, and has the tests find each. Prints the survivors; a whole run
 * writes docs/mutations.md. Words as arguments run only the mutations whose file or description holds one of them.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Judged, judge } from './mutate/judge.ts';
import type { Mutation } from './mutate/mutation.ts';
import { page } from './mutate/page.ts';
import { mutations } from './mutate/set/index.ts';
import { Tree } from './mutate/tree.ts';
import { root } from './own-programs.ts';

const words = process.argv.slice(2);
const wanted = mutations.filter(
  ({ file, breaks }) => words.length === 0 || words.some((word) => `${file} ${breaks}`.includes(word)),
);
const trees = Array.from({ length: Math.min(availableParallelism(), wanted.length) }, () => new Tree());
try {
  await mustBeGreen(trees);
  const judged = await judgeAll(trees);
  const bad = judged.filter(({ verdict }) => verdict.kind === 'survived' || verdict.kind === 'no-test');
  process.stdout.write(`${judged.length} mutations, ${bad.length} not found by the tests\n`);
  if (words.length === 0) writeFileSync(join(root, 'docs/mutations.md'), page(judged));
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  for (const tree of trees) tree.remove();
}

/** A test that fails without a fault would find every fault. */
async function mustBeGreen([tree]: readonly Tree[]): Promise<void> {
  if (tree === undefined) throw new Error('No mutation has one of these words in its file or description.');
  const tests = [...new Set(wanted.flatMap((mutation) => mutation.tests))];
  const verdict = await judge(tree.directory, tests);
  if (verdict.kind !== 'survived')
    throw new Error(
      `The tests do not pass without a fault: ${verdict.kind === 'killed' ? verdict.by : verdict.said}`,
    );
}

async function judgeAll(all: readonly Tree[]): Promise<Judged[]> {
  const judged = new Map<Mutation, Judged>();
  const waiting = [...wanted];
  const ends = await Promise.allSettled(
    all.map(async (tree) => {
      for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
        const one = await judgeOne(tree, mutation).catch((error: unknown) => {
          waiting.length = 0;
          throw error;
        });
        judged.set(mutation, one);
        process.stdout.write(`${line(one)}\n`);
      }
    }),
  );
  // only now: the other trees are no longer in use
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return wanted.flatMap((mutation) => judged.get(mutation) ?? []);
}

async function judgeOne(tree: Tree, mutation: Mutation): Promise<Judged> {
  if (mutation.equivalent !== undefined) return { mutation, verdict: { kind: 'equivalent' } };
  const verdict = await tree.with(mutation, () => judge(tree.directory, mutation.tests));
  return { mutation, verdict };
}

function line({ mutation, verdict }: Judged): string {
  const by = verdict.kind === 'killed' ? ` by "${verdict.by}"` : '';
  return `${verdict.kind.toUpperCase()} ${mutation.file}: ${mutation.breaks}${by}`;
}
