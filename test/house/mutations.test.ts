import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutated } from '../../scripts/mutate/mutation.ts';
import { mutations } from '../../scripts/mutate/set/index.ts';
import { read, root } from './sources.ts';

test('every mutation still fits its file and names tests that exist', () => {
  for (const mutation of mutations) {
    const text = read(mutation.file);
    expect(mutated(text, mutation), mutation.breaks).not.toBe(text);
    for (const file of mutation.tests) expect(existsSync(join(root, file)), file).toBe(true);
  }
});

test('no mutation stands in the set twice', () => {
  const faults = mutations.map(({ file, find, put }) => JSON.stringify([file, find, put]));
  expect(faults.filter((fault, at) => faults.indexOf(fault) !== at)).toEqual([]);
});
