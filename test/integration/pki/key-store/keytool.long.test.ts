import { afterAll, beforeAll, describe, test } from 'vitest';
import { javas, storeTypes } from './javas.ts';
import { rewriteWhatJavaWrote } from './matrix.ts';
import { type Bench, openBench } from './programs.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.remove());

const all = [...javas.keys()].flatMap((java) => storeTypes.map((type) => [java, type] as const));

describe.skipIf(all.length === 0)('a key store of keytool', () => {
  test.each(all)('of Java %s, in %s, is rewritten and stays whole', async (java, type) => {
    await rewriteWhatJavaWrote(bench, java, type);
  });
});
