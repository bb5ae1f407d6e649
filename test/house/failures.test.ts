import { expect, test } from 'vitest';
import { failureCodes } from '#shared/failure-codes.ts';
import { sources } from './sources.ts';
import { codeOf } from './syntax.ts';

const product = sources
  .filter((file) => !file.startsWith('shared/failure-codes'))
  .map((file) => codeOf(file))
  .join('\n');

/** Codes of one head may be put together from it and the state they are named after. */
const heads = new Set([...product.matchAll(/`([a-z-]+\.)\$\{/g)].map(([, head = '']) => head));

function isUsed(code: string): boolean {
  if (product.includes(`'${code}'`)) return true;
  const cut = code.indexOf('.') + 1;
  return heads.has(code.slice(0, cut)) && product.includes(`'${code.slice(cut)}'`);
}

test('every listed code of a failure is used', () => {
  expect(Object.keys(failureCodes).filter((code) => !isUsed(code))).toEqual([]);
  expect(isUsed('nobody.says-this')).toBe(false);
});
